import assert from "node:assert/strict";
import { subsetFiles } from "./write_results.ts";

Deno.test("subsetFiles() names files that differ and stay in their folder", () => {
  const names = ["github", "NIH ExPorter", "NIH/ExPorter", "../../up", "github"];
  const files = subsetFiles(names.map((name) => ({ name })));
  assert.deepEqual(files, ["github", "NIH_ExPorter", "NIH_ExPorter-2", ".._.._up", "github-2"]);
});

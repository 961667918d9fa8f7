import assert from "node:assert/strict";
import { subsetFileNames } from "./write_results.ts";

Deno.test("subsetFileNames() names files that differ and stay in their folder", () => {
  const names = ["github", "NIH ExPorter", "NIH/ExPorter", "../../up", "github"];
  const files = subsetFileNames(names.map((name) => ({ name })));
  assert.deepEqual(files, ["github", "NIH_ExPorter", "NIH_ExPorter-2", ".._.._up", "github-2"]);
});

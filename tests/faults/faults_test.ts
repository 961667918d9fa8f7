import assert from "node:assert/strict";
import { projectFiles, readText } from "../house/tree.ts";
import { countOf } from "../../tools/plant_faults.ts";
import { FAULTS } from "./faults.ts";

Deno.test("every planted fault still has its place when the code moves on", () => {
  const files = new Set(projectFiles());
  const stale: string[] = [];
  for (const { file, find, replace, tests } of FAULTS) {
    for (const path of [file, ...tests]) if (!files.has(path)) stale.push(`${path} is missing`);
    if (!files.has(file)) continue;
    const count = countOf(readText(file), find);
    if (count !== 1) stale.push(`${file}: "${find}" stands there ${count} times, expected once`);
    if (find === replace) stale.push(`${file}: "${find}" is replaced by itself`);
  }
  assert.deepEqual(stale, []);
});

Deno.test("the list of faults reaches every layer when rooms are counted", () => {
  assert.ok(FAULTS.length >= 16, `${FAULTS.length} faults`);
  for (
    const prefix of [
      "kernels/",
      "lib/device/onnx/",
      "lib/device/reference/",
      "lib/model/",
      "lib/store/",
      "lib/text/",
      "lib/circuit/",
    ]
  ) assert.ok(FAULTS.some(({ file }) => file.startsWith(prefix)), `none in ${prefix}`);
});

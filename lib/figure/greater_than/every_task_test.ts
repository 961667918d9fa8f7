import assert from "node:assert/strict";
import { type HostArray, hostArray } from "../../array.ts";
import { figureMeta } from "../figure_meta.ts";
import { renderSvg } from "../render.ts";
import { type DrawnTask, taskFigures } from "./every_task.ts";

/** [97,100] of one value, but for the rows of YY below `from`, which no prompt had. */
function probs(value: number, from = 0): HostArray<Float32Array> {
  const data = new Float32Array(9700).fill(value);
  data[9699] = 2 * value;
  return hostArray(data.fill(NaN, 0, from * 100), [97, 100]);
}

function task(label: string, circuit?: number): DrawnTask {
  return {
    label,
    probs: probs(0.1),
    patched: circuit === undefined ? undefined : probs(0.2, 3),
    probDiff: { mean: 0.5, interval: [0.4, 0.6], circuit },
    sharpness: { mean: 0.01, interval: [0, 0.02] },
  };
}

Deno.test("taskFigures() draws each task's heatmaps, the patched ones where there is a circuit", async () => {
  const figures = taskFigures([task("0 a", 0.4), task("9 b", 0.3)], { model: "m" });
  assert.deepEqual(figures.map(({ name }) => name), [
    "task-measures",
    "task-probs",
    "task-patched-probs",
  ]);
  for (const { name, spec } of figures) {
    assert.equal(spec.name, name);
    const svg = await renderSvg(spec);
    for (const label of ["0 a", "9 b"]) assert.ok(svg.includes(label), `${label} in ${name}`);
  }
  const { panels } = figureMeta(figures[2]!.spec).table!;
  assert.deepEqual(panels.map(({ title }) => title), ["0 a", "9 b"]);
  assert.deepEqual([panels[0]!.values[2]![0], panels[0]!.values[3]![0]?.toFixed(3)], [
    null,
    "0.200",
  ]);
  assert.match(figures[0]!.caption, /diamonds/);
});

Deno.test("taskFigures() says nothing of a circuit when none was tested, and draws none of no tasks", () => {
  const figures = taskFigures([task("0 a")], { model: "m" });
  assert.deepEqual(figures.map(({ name }) => name), ["task-measures", "task-probs"]);
  assert.doesNotMatch(figures[0]!.caption, /diamonds/);
  assert.deepEqual(taskFigures([], { model: "m" }), []);
});

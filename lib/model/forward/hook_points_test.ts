import assert from "node:assert/strict";
import { f32, runOutputs } from "../../../tests/run_graph.ts";
import { Graph } from "../../device/graph.ts";
import { HookPoints, type SitePlan, writeInputNames } from "./hook_points.ts";

function planOf(reads: string[], writes: SitePlan["writes"] = new Map()): SitePlan {
  return { reads: new Set(reads), writes };
}

Deno.test("HookPoints passes a value through untouched sites unchanged", () => {
  const graph = new Graph();
  const hooks = new HookPoints(graph, planOf(["other"]));
  const x = graph.input("x", [2, 3]);
  assert.equal(hooks.point("site", x), x);
  assert.equal(graph.outputs.size, 0);
  assert.equal(graph.nodes.length, 0);
});

Deno.test("HookPoints knows which sites are touched and which written", () => {
  const writes = new Map([["b", [{ kind: "add", valueShape: [1, 1] }] as const]]);
  const hooks = new HookPoints(new Graph(), planOf(["a"], writes));
  assert.deepEqual(["a", "b", "c"].map((site) => hooks.touched(site)), [true, true, false]);
  assert.deepEqual(["a", "b", "c"].map((site) => hooks.written(site)), [false, true, false]);
});

Deno.test("HookPoints applies writes in order and reads the written value", async () => {
  const writes = new Map([[
    "site",
    [
      { kind: "add", valueShape: [1, 1] },
      { kind: "scale", valueShape: [1, 3] },
    ] as const,
  ]]);
  const mask = (index: number) => {
    const names = writeInputNames("site", index);
    return { [names.rows]: f32([2], 0, 1), [names.columns]: f32([3], 1, 1, 0) };
  };
  const feeds = {
    x: f32([1, 2, 3], 1, 2, 3, 4, 5, 6),
    ...mask(0),
    ...mask(1),
    [writeInputNames("site", 0).value]: f32([1, 1], 10),
    [writeInputNames("site", 1).value]: f32([1, 3], 2, -1, 99),
  };
  const { before, read, seen } = await runOutputs(feeds, (graph, { x }) => {
    const hooks = new HookPoints(graph, planOf(["site"], writes));
    const value = hooks.point("site", x!);
    return { before: x!, read: graph.outputs.get("site")!, seen: value };
  });
  assert.deepEqual(before, [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(read, [1, 2, 3, 28, -15, 6]);
  assert.deepEqual(seen, read);
});

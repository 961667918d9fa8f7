import assert from "node:assert/strict";
import { importFault, isExempt, mayImport, resolveImport, roomOf } from "./rooms.ts";

Deno.test("roomOf() names the room when the path stands in one", () => {
  assert.equal(roomOf("lib/device/webgpu/gemm.ts"), "device");
  assert.equal(roomOf("lib/errors.ts"), "lib root");
  assert.equal(roomOf("scripts/demo.ts"), "scripts");
  assert.equal(roomOf("tools/rooms.ts"), undefined);
});

Deno.test("mayImport() closes the arrows when a room uses another's rooms", () => {
  assert.ok(mayImport("circuit", "store"));
  assert.ok(mayImport("circuit", "cli"));
  assert.ok(mayImport("text", "device"));
  assert.ok(!mayImport("circuit", "neuron"));
  assert.ok(!mayImport("figure", "model"));
  assert.ok(!mayImport("store", "cli"));
  assert.ok(!mayImport("device", "store"));
  assert.ok(!mayImport("lib root", "cli"));
  assert.ok(mayImport("cli", "lib root"));
});

Deno.test("resolveImport() follows relative and project specifiers when given either", () => {
  assert.equal(
    resolveImport("lib/model/config/config.ts", "../../store/format/json.ts"),
    "lib/store/format/json.ts",
  );
  assert.equal(resolveImport("lib/model/config/config.ts", "neurite/lib/array.ts"), "lib/array.ts");
  assert.equal(resolveImport("lib/model/config/config.ts", "vega"), undefined);
});

Deno.test("isExempt() frees tests and benchmarks when their names say so", () => {
  assert.ok(isExempt("lib/device/parity_test.ts"));
  assert.ok(isExempt("tests/bench/forward_bench.ts"));
  assert.ok(!isExempt("lib/text/latest.ts"));
});

Deno.test("importFault() lets pass what the house allows when rooms agree", () => {
  assert.equal(importFault("lib/store/format/csv.ts", "../errors.ts"), undefined);
  assert.equal(importFault("lib/circuit/plan.ts", "../store/json.ts"), undefined);
  assert.equal(importFault("lib/figure/theme.ts", "vega-lite"), undefined);
  assert.equal(importFault("lib/cli/options.ts", "node:util"), undefined);
  assert.equal(
    importFault("lib/device/webgpu/gemm.ts", "../../../kernels/gemm.wgsl"),
    undefined,
  );
  assert.equal(importFault("scripts/demo.ts", "../lib/figure/heatmap.ts"), undefined);
  assert.equal(importFault("lib/figure/page_test.ts", "../model/load.ts"), undefined);
});

Deno.test("importFault() names the arrow when a room reaches too far", () => {
  assert.match(importFault("lib/figure/page.ts", "../model/load.ts")!, /from figure to model/);
  assert.match(importFault("lib/circuit/plan.ts", "../neuron/sums.ts")!, /from circuit to neuron/);
  assert.match(importFault("lib/device/device.ts", "../store/csv.ts")!, /expected one of cli/);
  assert.match(importFault("lib/cli/main.ts", "../../scripts/demo.ts")!, /from cli to scripts/);
  assert.match(importFault("lib/model/run.ts", "../../kernels/gemm.wgsl")!, /kernel/);
  assert.match(importFault("lib/model/run.ts", "../../tests/tolerances.ts")!, /out of the product/);
  assert.match(importFault("lib/model/run.ts", "./run_test.ts")!, /out of the product/);
});

Deno.test("importFault() refuses an import prefix when it stands in a test too", () => {
  assert.match(importFault("lib/figure/page_test.ts", "npm:vega")!, /npm: package/);
  assert.match(importFault("tools/x.ts", "https://example.org/x.ts")!, /https: package/);
  assert.match(importFault("tools/x.ts", "jsr:@std/assert")!, /jsr: package/);
});

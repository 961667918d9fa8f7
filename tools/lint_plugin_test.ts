import assert from "node:assert/strict";
import plugin from "./lint_plugin.ts";

const ROOT = new URL("..", import.meta.url).pathname;

function complaints(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, ROOT + path, source).map(({ id, message }) =>
    `${id}: ${message}`
  );
}

function assertClean(path: string, source: string): void {
  assert.deepEqual(complaints(path, source), []);
}

function assertRefused(path: string, source: string, id: string): void {
  const found = complaints(path, source);
  assert.equal(found.length, 1, `${found.length} complaints about ${source}`);
  assert.ok(found[0]!.startsWith(`neurite/${id}:`), found[0]);
}

Deno.test("error-grammar refuses a bare Error when it is thrown in the product", () => {
  const source = 'throw new Error("no");';
  assertRefused("lib/store/a.ts", source, "error-grammar");
  assertRefused("scripts/a.ts", source, "error-grammar");
  assertClean("lib/store/a_test.ts", source);
  assertClean("tools/a.ts", source);
});

Deno.test("error-grammar reads literals, templates and sums when a RangeError is thrown", () => {
  const path = "lib/store/a.ts";
  assertClean(path, 'throw new RangeError(`Cannot cut "${x}": ${n} rows, expected ${m} rows`);');
  assertClean(path, "throw new TypeError('Cannot cut \"x\": 3 rows, ' + `expected ${m} rows`);");
  assertClean(path, "throw new RangeError(message);");
  assertRefused(path, 'throw new RangeError("bad rows");', "error-grammar");
  assertRefused(path, "throw new TypeError(`bad ${x}`);", "error-grammar");
  const period = "throw new SyntaxError('Cannot cut \"x\": 3 rows, expected 4 rows.');";
  assertRefused(path, period, "error-grammar");
});

Deno.test("error-grammar wants a literal code of the table when cannot() is called", () => {
  const path = "lib/store/a.ts";
  const rest = '{ do: "read", thing: x, is: `${n} B`, expected: "4 B", hint: "look" }';
  assertClean(path, `throw cannot("E-FILE-CORRUPT", ${rest});`);
  assertClean(path, `throw cannot(gone ? "E-FILE-MISSING" : "E-FILE-CORRUPT", ${rest});`);
  assertRefused(path, `throw cannot("E-NOTHING", ${rest});`, "error-grammar");
  assertRefused(path, `throw cannot(code, ${rest});`, "error-grammar");
});

Deno.test("error-grammar refuses a final period and a capital verb when cannot() has them", () => {
  const path = "lib/store/a.ts";
  const call = (parts: string) => `throw cannot("E-USAGE", { ${parts}, hint: "h" });`;
  assertRefused(path, call('do: "read", is: "short.", expected: "long"'), "error-grammar");
  assertRefused(path, call('do: "read", is: "short", expected: `${n} B.`'), "error-grammar");
  assertRefused(path, call('do: "Read", is: "short", expected: "long"'), "error-grammar");
});

Deno.test("import-arrows sees imports, re-exports and dynamic imports when they cross rooms", () => {
  const id = "import-arrows";
  assertRefused("lib/figure/a.ts", 'import { a } from "../model/a.ts";', id);
  assertRefused("lib/figure/a.ts", 'import type { A } from "../model/a.ts";', id);
  assertRefused("lib/cli/a.ts", 'export * from "../store/a.ts";', id);
  assertRefused("lib/cli/a.ts", 'export { a } from "../store/a.ts";', id);
  assertRefused("lib/cli/a.ts", 'await import("../store/a.ts");', id);
  assertRefused("tools/a.ts", 'import a from "npm:vega@6";', id);
  assertClean("lib/model/a.ts", 'import { a } from "../store/a.ts"; export const b = a;');
});

Deno.test("no-library-console refuses console when it stands in the library", () => {
  assertRefused("lib/model/a.ts", 'console.log("x");', "no-library-console");
  assertClean("scripts/a.ts", 'console.log("x");');
});

Deno.test("gpu-labels wants a label when a GPU object is made", () => {
  const path = "lib/device/webgpu/a.ts";
  assertRefused(path, "device.createBuffer({ size: 4, usage: 8 });", "gpu-labels");
  assertRefused(path, "device.createCommandEncoder();", "gpu-labels");
  assertRefused(path, "await gpu.createComputePipelineAsync({ layout });", "gpu-labels");
  assertClean(path, 'device.createBuffer({ label: "x", size: 4, usage: 8 });');
  assertClean(path, "device.createBindGroup({ label, layout, entries });");
  assertClean(path, "device.createShaderModule(descriptor);");
});

Deno.test("reproducible refuses chance and clock when they stand in the library", () => {
  assertRefused("lib/text/a.ts", "Math.random();", "reproducible");
  assertRefused("lib/cli/a.ts", "Math.random();", "reproducible");
  assertRefused("lib/text/a.ts", "Date.now();", "reproducible");
  assertRefused("lib/text/a.ts", "new Date();", "reproducible");
  assertClean("lib/text/a.ts", "new Date(0);");
  assertClean("lib/cli/a.ts", "Date.now();");
  assertClean("lib/store/run/run_folder.ts", "new Date();");
});

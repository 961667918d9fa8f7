// Plotting scripts draw finished runs: what they load when they start holds no model and no device.
import assert from "node:assert/strict";
import { posix } from "node:path";
import { readText } from "./tree.ts";

const PLOTTING = [
  "circuit_discovery_plotting",
  "pca_plots",
  "neuron_plots",
  "appendix_plots",
].map((name) => `scripts/greater_than/${name}.ts`);

/** Files that a file loads when it runs: without comments, `import type` and `export type`. */
function loadedBy(path: string): string[] {
  const code = readText(path).replace(/\/\*[\s\S]*?\*\//g, "");
  const statement =
    /(?:^|\n)\s*(?:import|export)\b(?!\s+type\b)[^;"'`]*?from\s*["'](\.[^"']+)["']/g;
  const bare = /(?:^|\n)\s*import\s*["'](\.[^"']+)["']/g;
  const dynamic = /\bimport\(\s*["'](\.[^"']+)["']/g;
  return [statement, bare, dynamic]
    .flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]!))
    .filter((specifier) => specifier.endsWith(".ts"))
    .map((specifier) => posix.join(posix.dirname(path), specifier));
}

/** All that is loaded with a file, each with the file that asked for it first. */
function closure(path: string): Map<string, string> {
  const askedBy = new Map([[path, ""]]);
  for (const file of askedBy.keys()) {
    for (const next of loadedBy(file)) if (!askedBy.has(next)) askedBy.set(next, file);
  }
  return askedBy;
}

const ofModels = (files: Map<string, string>) =>
  [...files].filter(([file]) => /^lib\/(model|device)\//.test(file));

Deno.test("plotting scripts load no file of a model or a device when they start", () => {
  for (const script of PLOTTING) {
    const files = closure(script);
    assert.ok(files.has("lib/figure/plot_run.ts"), `${script} was not read`);
    assert.deepEqual(ofModels(files), [], script);
  }
});

Deno.test("the report over all runs loads no file of a model or a device when it starts", () => {
  const files = closure("scripts/report.ts");
  assert.ok(files.has("lib/report/gather.ts"));
  assert.deepEqual(ofModels(files), []);
});

Deno.test("scripts that run a model load it, so that the closure is seen to be followed", () => {
  const files = new Map(ofModels(closure("scripts/greater_than/neuron_investigations.ts")));
  assert.ok(files.has("lib/model/model.ts") && files.has("lib/device/reference/mod.ts"));
});

import assert from "node:assert/strict";
import { type Circuit, circuitJson } from "./circuit.ts";
import { parseEdge } from "./circuit_names.ts";

const SIZES = { nLayer: 4, nHead: 4 };
const [EDGE] = parseEdge("m1@END->logits@END", SIZES);
const RUN_ON = { model: "tiny-gpt2-a", prompts: 6, seed: 3, "prompt_source": "drawn" };

function weighedOf(circuit: Partial<Circuit>) {
  const json = circuitJson({ name: "test", edges: [EDGE!], provenance: {}, ...circuit });
  return (json as Record<string, unknown>).weighed;
}

Deno.test("circuitJson() says what weights were measured on, of this run or before", () => {
  const before = { model: "other", prompts: 2 };
  const both = { weighed: before, runOn: RUN_ON };
  assert.equal(weighedOf(both), undefined, "no weights");
  assert.deepEqual(weighedOf({ ...both, edges: [{ ...EDGE!, weight: 1 }] }), before);
  const measured = { edges: [{ ...EDGE!, weight: 1, weightSd: 0.5 }] };
  assert.deepEqual(weighedOf({ ...both, ...measured }), RUN_ON);
  assert.equal(weighedOf({ ...measured, weighed: before }), undefined, "not what it was before");
});

import assert from "node:assert/strict";
import { parseEdge } from "./circuit_names.ts";
import { PAPER_CIRCUIT, PAPER_NODES } from "../paper/paper_circuit.ts";
import { edgeName } from "./patch_plan.ts";
import {
  attentionLayersOf,
  circuitRoles,
  describeRoles,
  hasLowerPart,
  routesAbove,
  upperEdges,
} from "./routes.ts";

const SIZES = { nLayer: 12, nHead: 12 };
const edges = (...names: string[]) => names.flatMap((name) => parseEdge(name, SIZES));
const END = { node: { kind: "head", layer: 5, head: 1 }, position: "END" } as const;

Deno.test("routesAbove() keeps every route from a place to the logits, and nothing else", () => {
  const circuit = edges(
    "m9@END->logits@END",
    "a5.h1@END->m9@END",
    "a9.h1@END->logits@END",
    "a9.h1@END->m9@END",
    "m3@YY->a5.h1@END<v>",
    "a5.h1@END->logits@END",
  );
  assert.deepEqual(routesAbove(circuit, [END]).map(edgeName), [
    "m9@END->logits@END",
    "a5.h1@END->m9@END",
    "a5.h1@END->logits@END",
  ]);
  assert.deepEqual(routesAbove(circuit.toReversed(), [END]).map(edgeName).sort(), [
    "a5.h1@END->logits@END",
    "a5.h1@END->m9@END",
    "m9@END->logits@END",
  ]);
  assert.deepEqual(routesAbove(circuit, []), []);
});

Deno.test("upperEdges() ends at the heads of END, and knows whether anything is below", () => {
  const upper = upperEdges(PAPER_CIRCUIT.edges);
  assert.ok(upper.every(({ to }) => to.node.kind !== "head" && to.position === "END"));
  assert.ok(hasLowerPart(PAPER_CIRCUIT.edges));
  assert.ok(!hasLowerPart(upper));
});

Deno.test("circuitRoles() finds the paper's nodes in its edges again", () => {
  const { mlps, heads, lowMlps, lowHeads } = circuitRoles(PAPER_CIRCUIT.edges);
  const indexes = (nodes: typeof heads) => nodes.map(({ layer, head }) => [layer, head]);
  assert.deepEqual(mlps, PAPER_NODES.mlps);
  assert.deepEqual(indexes(heads), PAPER_NODES.heads);
  assert.deepEqual(lowMlps, PAPER_NODES.lowMlps);
  assert.deepEqual(indexes(lowHeads), PAPER_NODES.lowHeads);
  assert.equal(
    describeRoles({ mlps, heads, lowMlps, lowHeads }),
    "at END a9.h1 a8.h11 a8.h8 a7.h10 a6.h9 a5.h5 a5.h1 m8 m9 m10 m11; " +
      "at YY m0 m1 m2 m3 a0.h1 a0.h3 a0.h5",
  );
});

Deno.test("attentionLayersOf() holds the layers of heads at END and of heads that receive at YY", () => {
  const circuit = edges(
    "a9.h1@END->logits@END",
    "m1@YY->a3.h2@YY<q>",
    "a3.h2@YY->a9.h1@END<v>",
    "a2.h0@YY->m4@YY",
  );
  assert.deepEqual(attentionLayersOf(circuit), [3, 9]);
});

import assert from "node:assert/strict";
import type { Place, Position } from "./nodes.ts";
import { type Channel, checkEdge, type Edge, edgeName, PatchPlan } from "./patch_plan.ts";

const mlp = (layer: number, position: Position): Place => ({
  node: { kind: "mlp", layer },
  position,
});
const head = (layer: number, index: number, position: Position): Place => ({
  node: { kind: "head", layer, head: index },
  position,
});
const logits = (position: Position): Place => ({ node: { kind: "logits" }, position });

/** Edges that carry nothing, each with what is wrong. */
const REFUSED: [Edge, string][] = [
  [
    { from: mlp(1, "END"), to: mlp(1, "END"), channel: "x" },
    "a sender computed after its receiver",
  ],
  [{ from: mlp(1, "END"), to: head(1, 0, "END"), channel: "v" }, "a sender computed after its"],
  [{ from: head(1, 0, "END"), to: head(1, 1, "END"), channel: "q" }, "a sender computed after its"],
  [
    { from: logits("END"), to: logits("END"), channel: "x" },
    "a sender computed after its receiver",
  ],
  [{ from: mlp(0, "YY"), to: mlp(1, "END"), channel: "x" }, "an edge between positions"],
  [{ from: mlp(0, "YY"), to: logits("END"), channel: "x" }, "an edge between positions"],
  [{ from: mlp(0, "YY"), to: head(1, 0, "END"), channel: "q" }, "an edge between positions"],
  [{ from: mlp(0, "END"), to: head(1, 0, "YY"), channel: "k" }, "a sender at a later position"],
  [{ from: mlp(0, "END"), to: head(1, 0, "YY"), channel: "v" }, "a sender at a later position"],
  [{ from: mlp(0, "END"), to: head(1, 0, "END"), channel: "x" }, "no channel, expected q, k or v"],
  [{ from: mlp(0, "END"), to: mlp(1, "END"), channel: "v" }, "channel v, expected no channel"],
  [{ from: mlp(0, "YY"), to: logits("YY"), channel: "x" }, "logits at YY, expected logits@END"],
  [{ from: "whole", to: head(1, 0, "END"), channel: "v" }, "a whole input, expected a whole query"],
  [{ from: "whole", to: mlp(1, "END"), channel: "x" }, "a whole input, expected a whole query"],
  [
    { from: mlp(0, "YY"), to: { node: { kind: "input" }, position: "YY" }, channel: "x" },
    "an edge into",
  ],
];

Deno.test("checkEdge() names the edge and what is wrong when it can carry nothing", () => {
  for (const [edge, wrong] of REFUSED) {
    assert.throws(() => checkEdge(edge), (error: Error) => {
      assert.ok(
        error.message.startsWith(`Cannot patch along "${edgeName(edge)}": ${wrong}`),
        error.message,
      );
      return "code" in error && error.code === "E-CIRCUIT";
    });
    assert.throws(() => new PatchPlan([edge]), { code: "E-CIRCUIT" });
  }
});

Deno.test("checkEdge() takes an edge into each head when its attention can read the sender", () => {
  const positions = ["YY", "END"] as const;
  const taken: string[] = [];
  for (const sender of positions.map((position) => mlp(0, position))) {
    for (const receiver of positions.map((position) => head(1, 1, position))) {
      for (const channel of ["q", "k", "v"] as Channel[]) {
        const edge = { from: sender, to: receiver, channel };
        try {
          checkEdge(edge);
          taken.push(edgeName(edge));
        } catch {
          continue;
        }
      }
    }
  }
  assert.deepEqual(taken, [
    "m0@YY->a1.h1@YY<q>",
    "m0@YY->a1.h1@YY<k>",
    "m0@YY->a1.h1@YY<v>",
    "m0@YY->a1.h1@END<k>",
    "m0@YY->a1.h1@END<v>",
    "m0@END->a1.h1@END<q>",
    "m0@END->a1.h1@END<k>",
    "m0@END->a1.h1@END<v>",
  ]);
});

Deno.test("PatchPlan counts an edge once when it is given twice", () => {
  const edge: Edge = { from: mlp(0, "END"), to: mlp(1, "END"), channel: "x" };
  const plan = new PatchPlan([edge, { ...edge }]).with([{ ...edge }]);
  assert.deepEqual(plan.edges, [edge]);
  assert.deepEqual(plan.into(mlp(1, "END")), [edge]);
  assert.deepEqual(plan.into(mlp(1, "YY")), []);
});

Deno.test("PatchPlan refuses query edges when the head's whole query is there", () => {
  const to = head(1, 0, "END");
  const query: Edge = { from: mlp(0, "END"), to, channel: "q" };
  const whole: Edge = { from: "whole", to, channel: "q" };
  assert.throws(() => new PatchPlan([query, whole]), {
    code: "E-CIRCUIT",
    message: /^Cannot patch along "m0@END->a1.h0@END<q>": an edge beside the head's whole query/,
    hint: "leave out this edge or whole->a1.h0@END<q>",
  });
  const plan = new PatchPlan([whole, { ...query, channel: "k" }, {
    ...query,
    to: head(1, 1, "END"),
  }]);
  assert.equal(plan.edges.length, 3);
});

Deno.test("PatchPlan.attentionLayers() lists the layers of receiving heads, not of sending ones", () => {
  const plan = new PatchPlan([
    { from: head(0, 0, "YY"), to: head(1, 1, "END"), channel: "v" },
    { from: mlp(0, "YY"), to: head(1, 0, "END"), channel: "v" },
    { from: head(1, 1, "END"), to: logits("END"), channel: "x" },
  ]);
  assert.deepEqual(plan.attentionLayers(), [1]);
});

import assert from "node:assert/strict";
import { parseEdge } from "../graph/circuit_names.ts";
import { checkSweep } from "./leaf_sweep.ts";
import { parseNode, parsePlace } from "../graph/nodes.ts";
import { PatchPlan } from "../graph/patch_plan.ts";

const SIZES = { nLayer: 12, nHead: 12 };

function check(edges: string[], place: string, ...senders: string[]): void {
  checkSweep(new PatchPlan(edges.flatMap((name) => parseEdge(name, SIZES))), {
    place: parsePlace(place, SIZES),
    senders: senders.map((name) => parseNode(name, SIZES)),
  });
}

const CHAIN = ["input@END->m9@END", "m9@END->logits@END", "a5.h5@END->m9@END"];

Deno.test("checkSweep() takes senders computed before every receiver of the swept leaf", () => {
  check(CHAIN, "input@END", "input", "m8", "a9.h11", "a0.h0");
  check(["m3@YY->a5.h5@END<v>", "a5.h5@END->logits@END"], "m3@YY", "m4", "a4.h0", "input");
});

Deno.test("checkSweep() names the sender when its plan would be another", () => {
  const cases: [() => void, string][] = [
    [
      () => check(CHAIN, "input@END", "m10"),
      'patch along "m10@END->m9@END": a sender computed after',
    ],
    [() => check(CHAIN, "input@END", "m9"), 'sweep "m9@END": a sender that the plan recomputes'],
    [() => check(CHAIN, "m9@END", "m8"), 'sweep "m9@END": a place that the plan recomputes'],
    [
      () => check(CHAIN, "input@END", "a5.h5"),
      'sweep "a5.h5@END->m9@END": an edge of the plan beside the sweep',
    ],
  ];
  for (const [refused, message] of cases) {
    assert.throws(refused, (error: Error) => {
      assert.ok(error.message.startsWith(`Cannot ${message}`), error.message);
      return "code" in error && error.code === "E-CIRCUIT";
    });
  }
});

import assert from "node:assert/strict";
import { parseEdge, parsePath } from "./circuit_names.ts";
import { pathName, planOfPaths, routesOf } from "./patch_paths.ts";
import { edgeName, PatchPlan } from "./patch_plan.ts";

const SIZES = { nLayer: 12, nHead: 12 };

const planOf = (...names: string[]) => planOfPaths(names.map((name) => parsePath(name, SIZES)));
const edgesOf = (plan: PatchPlan) => plan.edges.map(edgeName);

Deno.test("planOfPaths() has each edge of its paths once", () => {
  const plan = planOf(
    "a7.h10@END->logits@END",
    "a7.h10@END->m9@END->logits@END",
    "a7.h10@END->m9@END->m10@END->logits@END",
    "a7.h10@END->m10@END->logits@END",
  );
  assert.deepEqual(
    new Set(edgesOf(plan)),
    new Set([
      "a7.h10@END->logits@END",
      "m9@END->logits@END",
      "a7.h10@END->m9@END",
      "m10@END->logits@END",
      "m9@END->m10@END",
      "a7.h10@END->m10@END",
    ]),
  );
});

Deno.test("planOfPaths() names a route that the edges make when it was not given", () => {
  const given = [
    "m1@END->m9@END->logits@END",
    "m1@END->m10@END->logits@END",
    "m2@END->m9@END->m10@END->logits@END",
  ];
  assert.throws(() => planOf(...given), {
    code: "E-CIRCUIT",
    message:
      'Cannot patch along "m2@END->m9@END->logits@END": a route along the paths\' edges that ' +
      "is none of them, expected every route given",
  });
  const closed = [...given, "m2@END->m9@END->logits@END", "m1@END->m9@END->m10@END->logits@END"];
  assert.equal(planOf(...closed).edges.length, 6);
});

Deno.test("planOfPaths() takes every reachable input when a head has no channel", () => {
  assert.deepEqual(edgesOf(planOf("m3@YY->a5.h5@END->logits@END")), [
    "a5.h5@END->logits@END",
    "m3@YY->a5.h5@END<k>",
    "m3@YY->a5.h5@END<v>",
  ]);
  assert.deepEqual(edgesOf(planOf("whole->a5.h5@END->logits@END")), [
    "a5.h5@END->logits@END",
    "whole->a5.h5@END<q>",
  ]);
  const open = planOf("input@END->a1.h0@END->a5.h5@END->logits@END");
  assert.equal([...routesOf(open)].length, 9);
});

/** Sets of paths that no plan stands for, each with the start of the message after `Cannot`. */
const REFUSED: [string[], string][] = [
  [
    ["m9@END->logits@END", "a7.h10@END->m9@END->logits@END"],
    'patch along "m9@END": the leaf of m9@END->logits@END and recomputed on a7.h10@END->m9@END->',
  ],
  [
    ["a5.h5@END->m9@END->logits@END", "m3@YY->a5.h5@END<v>->logits@END"],
    'patch along "a5.h5@END": the leaf of a5.h5@END->m9@END->logits@END and recomputed on m3@YY->',
  ],
  [
    ["m9@END->m10@END"],
    'patch along "m9@END->m10@END": a path that does not end there, expected l',
  ],
  [["whole"], 'patch along "whole": a path that does not end there'],
  [["logits@END"], 'patch along "logits@END": a path without a sender'],
  [["a5.h5@END<v>->logits@END"], 'patch along "a5.h5@END<v>->logits@END": a leaf with channel v'],
  [["m3@END->whole->a5.h5@END<q>->logits@END"], 'patch along "m3@END->whole->a5.h5@END<q>->logits'],
  [["m9@END->m8@END->logits@END"], 'patch along "m9@END->m8@END": a sender computed after its re'],
  [
    ["m3@END->a5.h5@YY<v>->a9.h1@END<v>->logits@END"],
    'patch along "m3@END->a5.h5@YY<v>": a sender',
  ],
  [
    ["whole->a5.h5@END<q>->logits@END", "m3@END->a5.h5@END<q>->logits@END"],
    'patch along "m3@END->a5.h5@END<q>": an edge beside the head\'s whole query',
  ],
];

Deno.test("planOfPaths() refuses paths that no plan stands for", () => {
  for (const [names, message] of REFUSED) {
    assert.throws(() => planOf(...names), (error: Error) => {
      assert.ok(error.message.startsWith(`Cannot ${message}`), error.message);
      return "code" in error && error.code === "E-CIRCUIT";
    });
  }
});

Deno.test("planOfPaths() ends soon when the edges make more routes than can be listed", () => {
  const chain = Array.from({ length: 60 }, (_, layer) => layer);
  const config = { nLayer: 60, nHead: 1 };
  const paths = chain.flatMap((from) =>
    chain.filter((to) => to > from).map((to) =>
      parsePath(`input@END->m${from}@END->m${to}@END->logits@END`, config)
    )
  );
  assert.throws(() => planOfPaths(paths), { message: /a route along the paths' edges/ });
});

Deno.test("routesOf() leaves out edges that lead nowhere", () => {
  const plan = new PatchPlan(
    ["m3@YY->a5.h5@END<v>", "a5.h5@END->logits@END", "m1@YY->m2@YY"]
      .flatMap((name) => parseEdge(name, SIZES)),
  );
  assert.deepEqual([...routesOf(plan)].map(pathName), ["m3@YY->a5.h5@END<v>->logits@END"]);
  assert.deepEqual([...routesOf(new PatchPlan([]))], []);
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { NeuriteError } from "../../errors.ts";
import { parseEdge, parsePath } from "./circuit_names.ts";
import { pathName } from "./patch_paths.ts";
import { edgeName } from "./patch_plan.ts";

const SIZES = { nLayer: 12, nHead: 12 };

Deno.test("parseEdge() reads back what edgeName() writes", () => {
  for (
    const name of [
      "m9@END->m10@END",
      "a7.h10@END->logits@END",
      "input@YY->m0@YY",
      "m3@YY->a5.h5@END<v>",
      "m3@END->a5.h5@END<k>",
      "a0.h1@YY->a5.h5@YY<q>",
      "whole->a5.h5@END<q>",
    ]
  ) assert.deepEqual(parseEdge(name, SIZES).map(edgeName), [name]);
});

Deno.test("parseEdge() stands for every input a sender reaches when a head has no channel", () => {
  assert.deepEqual(parseEdge("m3@YY->a5.h5@END", SIZES).map(edgeName), [
    "m3@YY->a5.h5@END<k>",
    "m3@YY->a5.h5@END<v>",
  ]);
  for (const position of ["YY", "END"]) {
    const name = `m3@${position}->a5.h5@${position}`;
    const names = ["q", "k", "v"].map((channel) => `${name}<${channel}>`);
    assert.deepEqual(parseEdge(name, SIZES).map(edgeName), names);
  }
});

/** Texts that are no edge, each with what the message says of them. */
const REFUSED: Record<string, string> = {
  "": 'Cannot use node "": not a node\'s name',
  "m9@END": 'Cannot read edges of "m9@END": one place, expected sender->receiver',
  "m1@END->m2@END->m3@END": "more than one edge, expected sender->receiver",
  "m9->m10@END": 'Cannot use place "m9": a node without a position, expected m9@END or m9@YY',
  "m9@END->m10": 'Cannot use place "m10": a node without a position',
  "m9@END->logits": "a node without a position, expected logits@END",
  "m9@END->m10@END<x>": '"m10@END<x>" in it, expected a place, or a head with <q>',
  "m9@END->m10@END<>": '"m10@END<>" in it',
  "m9@END->m10@END<v>": "channel v, expected no channel into an MLP or the logits",
  "m9@END<v>->a10.h1@END": "no edge, expected a sender, then a receiver that may have a channel",
  "m9@END->whole": "no edge, expected a sender, then a receiver that may have a channel",
  "whole->a5.h5@END": "no channel, expected q, k or v into a head",
  "whole->a5.h5@END<k>": "a whole input, expected a whole query of a head",
  "m3@END->a5.h5@YY": "a sender at a later position",
  "m3@YY->a5.h12@END<v>": 'Cannot use node "a5.h12": a head beyond the model\'s 12',
  "m9@END -> m10@END": 'Cannot use place "m9@END ": a node at "END "',
};

Deno.test("parseEdge() says what is wrong when a text is no edge", () => {
  for (const [name, message] of Object.entries(REFUSED)) {
    assert.throws(() => parseEdge(name, SIZES), (error: unknown) => {
      assert.ok(error instanceof NeuriteError && error.code === "E-CIRCUIT");
      assert.ok(error.message.includes(message), `${name}: ${error.message}`);
      return true;
    });
  }
});

Deno.test("parseEdge() throws nothing but E-CIRCUIT when a text is hostile", () => {
  const pieces = fc.constantFrom(
    "m9",
    "a5.h5",
    "whole",
    "input",
    "@END",
    "@YY",
    "->",
    "<v>",
    "<",
    ">",
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 8 }).map((all) => all.join("")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        assert.ok(parseEdge(text, SIZES).length > 0);
      } catch (error) {
        assert.ok(error instanceof NeuriteError && error.code === "E-CIRCUIT", `${text}: ${error}`);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("parsePath() gives a path from the logits down, as pathName() writes it up", () => {
  const name = "m3@YY->a5.h5@END<v>->m9@END->logits@END";
  const path = parsePath(name, SIZES);
  assert.equal(path.length, 4);
  assert.deepEqual(path[0], { place: { node: { kind: "logits" }, position: "END" } });
  assert.equal(pathName(path), name);
});

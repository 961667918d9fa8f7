import assert from "node:assert/strict";
import fc from "fast-check";
import { displayWidth, terminalTable } from "./terminal_table.ts";

Deno.test("terminalTable() aligns numbers right and text left", () => {
  const table = terminalTable(
    ["quantity", { name: "here", digits: 3 }, "paper"],
    [["mean", 0.81732, 0.817], ["n", 490, null]],
  );
  assert.equal(
    table,
    [
      "quantity   here   paper",
      "────────  ─────  ──────",
      "mean      0.817  0.8170",
      "n           490       –",
      "",
    ].join("\n"),
  );
});

Deno.test("terminalTable() shows a table without rows", () => {
  assert.equal(terminalTable(["a", "b"], []), "a  b\n─  ─\n");
});

Deno.test("terminalTable() keeps a row on one line and sends no control character", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary" }), { maxLength: 5 }), (tokens) => {
    const table = terminalTable(["token", "n"], tokens.map((token, i) => [token, i]));
    const lines = table.split("\n");
    assert.equal(lines.length, tokens.length + 3);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(table.replaceAll("\n", ""), /[\u0000-\u001f\u007f-\u009f]/);
  }));
});

Deno.test("displayWidth() counts wide characters twice and marks not at all", () => {
  assert.equal(displayWidth("abc"), 3);
  assert.equal(displayWidth("年"), 2);
  assert.equal(displayWidth("e\u0301"), 1);
  assert.equal(displayWidth("🙂"), 2);
});

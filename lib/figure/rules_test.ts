import assert from "node:assert/strict";
import fc from "fast-check";
import { textWidth } from "./font/text_width.ts";
import { line } from "./line.ts";
import { renderSvg } from "./render.ts";
import { labelPlaces } from "./rules.ts";

Deno.test("labelPlaces() centres labels when they have room", () => {
  const places = labelPlaces([{ x: 400, text: "far" }, { x: 50, text: "near" }]);
  assert.deepEqual(places, [{ align: "center", line: 0 }, { align: "center", line: 0 }]);
});

Deno.test("labelPlaces() keeps labels clear of the left axis", () => {
  assert.deepEqual(labelPlaces([{ x: 3, text: "at the edge" }]), [{ align: "left", line: 0 }]);
});

Deno.test("labelPlaces() never lets a label meet another label or a rule that reaches it", () => {
  const label = fc.record({
    x: fc.double({ min: 0, max: 300, noNaN: true }),
    text: fc.constantFrom("a", "the circuit: 0.895", "the alternative list"),
  });
  fc.assert(fc.property(fc.array(label, { maxLength: 8 }), (labels) => {
    const places = labelPlaces(labels);
    if (places.every(({ align }) => align === "center")) return;
    labels.forEach((one, i) => {
      const end = one.x + textWidth(one.text, { size: 11 });
      labels.forEach((other, j) => {
        if (i === j || other.x < one.x || other.x > end) return;
        if (other.x === one.x && i > j) return;
        assert.ok(places[i]!.line > places[j]!.line);
      });
    });
  }));
});

Deno.test("line() lifts labels of close rules when it draws them", async () => {
  const rules = [{ x: 1, label: "the first rule" }, { x: 1.01, label: "the second rule" }];
  const svg = await renderSvg(line([{ name: "a", x: [0, 2], y: [0, 1] }], {
    name: "rules",
    title: "Rules",
    description: "Two rules.",
    xTitle: "x",
    yTitle: "y",
    rules,
  }));
  const y = (text: string) =>
    Number(new RegExp(`translate\\([\\d.-]+,([\\d.-]+)\\)"[^>]*>${text}</text>`).exec(svg)![1]);
  assert.equal(y("the second rule") - y("the first rule"), 14);
});

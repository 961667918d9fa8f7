import assert from "node:assert/strict";
import { renderSvg } from "../render.ts";
import { syntaxFigures, syntaxPanel } from "./syntax.ts";

const VALUES = {
  neuron: "1.493",
  feature: "is_plural",
  family: "morphology (wink-nlp and rules)",
  reduction: 0.5,
  tokenAlone: 0.25,
  tokenFeature: "end_w_s",
  tokenReduction: NaN,
  values: Float32Array.of(-1, -0.5, 0, 2, 3),
  holds: Uint8Array.of(0, 0, 0, 1, 1),
};

Deno.test("syntaxFigures() draws a panel a neuron and says what the token alone explains", async () => {
  const panel = syntaxPanel(VALUES);
  assert.equal(panel.share, 0.4);
  const contexts = [
    { kind: "active without", row: 0, position: 2, value: 3, text: ["a\n", " b", ""] as const },
  ];
  const panels = [panel, syntaxPanel({ ...VALUES, neuron: "2.7", feature: "sent_end" })];
  const input = { model: "m", panels, main: panel, contexts, valueName: "Pre-activation" };
  const figures = syntaxFigures(input);
  assert.deepEqual(figures.map(({ name }) => name), ["syntax_neurons", "syntax_neuron_main"]);
  const svgs = await Promise.all(figures.map(({ spec }) => renderSvg(spec)));
  assert.match(svgs[0]!, /is_plural, VR 0\.500/);
  assert.match(svgs[0]!, /sent_end, VR 0\.500/);
  assert.doesNotMatch(svgs[1]!, /sent_end/);
  assert.deepEqual(figures[0]!.table!.rows[0], [
    ...["1.493", "is_plural", "morphology (wink-nlp and rules)", "0.4000", "0.5000", "0.2500"],
    ...["end_w_s", ""],
  ]);
  assert.deepEqual(figures[1]!.table!.rows[0], ["active without", 0, 2, "3.000", "a↵", " b", ""]);
});

Deno.test("syntaxFigures() draws a hundred neurons on pages", async () => {
  // Every bin of either class has a height: outlines of the most points.
  const values = Float32Array.from({ length: 200 }, (_, i) => i % 100);
  const holds = Uint8Array.from(values, (_, i) => i < 100 ? 1 : 0);
  const panels = Array.from(
    { length: 100 },
    (_, i) => syntaxPanel({ ...VALUES, neuron: `1.${i}`, values, holds }),
  );
  const figures = syntaxFigures({
    ...{ model: "m", panels, main: panels[0]!, contexts: [], valueName: "Pre-activation" },
  });
  assert.deepEqual(figures.map(({ name }) => name), [
    ...["syntax_neurons", "syntax_neurons_2", "syntax_neurons_3", "syntax_neuron_main"],
  ]);
  assert.equal(figures[0]!.table!.rows.length, 100);
  for (const { spec } of figures) assert.match(await renderSvg(spec), /<title/);
});

Deno.test("syntaxPanel() refuses values that are not finite", () => {
  const values = VALUES.values.with(1, NaN);
  assert.throws(() => syntaxPanel({ ...VALUES, values }), /1\.493/);
});

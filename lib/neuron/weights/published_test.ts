import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import {
  checkNeurons,
  judgeNeurons,
  type NeuronNumber,
  type NeuronNumbers,
  publishedNeurons,
} from "./published.ts";

const TABLES = "../shared/published/interpretable_neurons";
const MODELS = ["stanford-gpt2-small-a", "stanford-gpt2-medium-a", "pythia-160m"];

Deno.test("checkNeurons() accepts the printed numbers and names the first that is off", () => {
  const model = MODELS[0]!;
  const printed = publishedNeurons(model);
  assert.equal(checkNeurons(model, printed), undefined);
  const off = { ...printed, "10.2822": { ...printed["10.2822"], "in_out_sim": 0.76538 } };
  const failure = checkNeurons(model, off);
  assert.equal(failure?.code, "E-CHECK");
  assert.match(
    failure.message,
    /"neuron 10\.2822 in_out_sim": 0\.76538, expected 0\.7653921 within/,
  );
});

Deno.test("checkNeurons() has nothing to check of a model that was not published", () => {
  assert.equal(checkNeurons("tiny-gpt2-a", {})?.code, "E-USAGE");
  assert.equal(checkNeurons("toString", {})?.code, "E-USAGE");
});

if (existsSync(TABLES)) {
  Deno.test("the printed numbers are those of the release's tables where these have the neuron", async () => {
    let compared = 0;
    for (const model of MODELS) {
      const text = await Deno.readTextFile(`${TABLES}/${model}/universal.csv`);
      const [head, ...lines] = text.trim().split(/\r?\n/).map((line) => line.split(","));
      const values: Record<string, NeuronNumbers> = {};
      for (const line of lines) {
        const row = Object.fromEntries(head!.map((name, i) => [name, Number(line[i])]));
        values[`${row.layer}.${row.neuron}`] = row as Record<NeuronNumber, number>;
      }
      for (const judged of judgeNeurons(model, values)) {
        if (Number.isNaN(judged.value)) continue;
        compared++;
        assert.equal(judged.verdict, "pass", JSON.stringify(judged));
      }
    }
    assert.ok(compared >= 15, `${compared} numbers`);
  });
}

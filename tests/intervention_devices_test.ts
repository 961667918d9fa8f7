// Interventions on an embedded model, on every device, against the numbers of PyTorch.
import assert from "node:assert/strict";
import type { Device } from "../lib/device/device.ts";
import { openReference } from "../lib/device/reference/mod.ts";
import { loadModel } from "../lib/model/model.ts";
import type { Tokens } from "../lib/model/tokens.ts";
import { neuronSets } from "../lib/neuron/intervene/neuron_sets.ts";
import { seriesOf } from "../lib/neuron/intervene/outputs.ts";
import type { InterventionRequest } from "../lib/neuron/intervene/request.ts";
import { runInterventions } from "../lib/neuron/intervene/run_interventions.ts";
import { readSafetensors } from "../lib/store/format/safetensors.ts";
import { TEST_DEVICES } from "./devices.ts";
import { INTERVENTION_TOLERANCES } from "./tolerances.ts";

const FOLDER = "tests/fixtures/zoo/universal_neurons_a_b";
const MODEL = "cache/models/tiny-gpt2-a";

interface Expected {
  readonly "entropy_neuron": string;
  readonly "entropy_intervention_first_16_rows": readonly Record<
    "value" | "loss" | "entropy" | "scale" | "rank",
    number
  >[];
}

async function firstRows(count: number): Promise<Tokens> {
  const { tokens } = await readSafetensors(`${FOLDER}/expected.safetensors`);
  return { data: (tokens!.data as Int32Array).slice(0, count * 128), shape: [count, 128] };
}

async function run(device: Device, rows: number, request: Omit<InterventionRequest, "location">) {
  await using model = await loadModel(MODEL, device);
  const whole = { ...request, location: "mlp.hook_post" as const };
  return await runInterventions(model, await firstRows(rows), whole, { positions: "all" });
}

const fixed = (values: readonly number[]) =>
  values.map((value) => ({ kind: "fixed_activation" as const, value }));

for (const { name, absent, open } of TEST_DEVICES.filter(({ name }) => name !== "webgpu")) {
  Deno.test({
    name: `interventions on the fixture's entropy neuron give PyTorch's means on ${name}`,
    ignore: absent,
    fn: async () => {
      const expected: Expected = JSON.parse(await Deno.readTextFile(`${FOLDER}/expected.json`));
      assert.equal(expected.entropy_neuron, "3.415");
      const all = expected.entropy_intervention_first_16_rows;
      // Float64 in one thread takes its time.
      const wanted = name === "reference" ? [all[0]!, all.at(-1)!] : all;
      await using device = await open();
      const means = await run(device, 16, {
        sets: neuronSets([{ layer: 3, neuron: 415 }], { role: "chosen", joint: false }),
        changes: fixed(wanted.map(({ value }) => value)),
        frozen: false,
      });
      const series = seriesOf(means, { set: 0, arm: "full" });
      wanted.forEach((one, i) => {
        for (const measure of ["loss", "entropy", "scale", "rank"] as const) {
          const { limit } = INTERVENTION_TOLERANCES[measure];
          const apart = Math.abs(series[measure][i]! / one[measure] - 1);
          assert.ok(apart <= limit, `${measure} at ${one.value}: ${apart}`);
        }
      });
    },
  });
}

Deno.test("interventions on every device are those of the float64 reference", async (t) => {
  const request = {
    sets: [
      ...neuronSets([{ layer: 3, neuron: 415 }, { layer: 2, neuron: 383 }], {
        role: "chosen",
        joint: false,
      }),
      ...neuronSets([{ layer: 3, neuron: 7 }, { layer: 2, neuron: 9 }], {
        role: "chosen",
        joint: true,
      }),
    ],
    changes: fixed([6]),
    frozen: true,
  };
  await using reference = openReference();
  const expected = await run(reference, 2, request);
  for (const { name, absent, open } of TEST_DEVICES) {
    if (name === "reference") continue;
    await t.step({
      name,
      ignore: absent,
      fn: async () => {
        await using device = await open();
        const { outcomes, tokens } = await run(device, 2, request);
        assert.equal(tokens, 254);
        outcomes.forEach(({ value }, i) => {
          for (const measure of ["loss", "entropy", "scale", "rank"] as const) {
            const { limit } = INTERVENTION_TOLERANCES[measure];
            const apart = Math.abs(
              value[measure].mean / expected.outcomes[i]!.value[measure].mean - 1,
            );
            assert.ok(apart <= limit, `${measure} of outcome ${i}: ${apart}`);
          }
        });
      },
    });
  }
});

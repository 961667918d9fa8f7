/**
 * How far a device is from the stored outputs of PyTorch, for the test and for `deno task parity`.
 *
 * @module
 */
import { type HostArray, hostArray } from "../lib/array.ts";
import { taskBehaviour } from "../lib/circuit/task/behaviour.ts";
import { yearTask } from "../lib/circuit/task/contrast_task.ts";
import type { Device } from "../lib/device/device.ts";
import { runWithHooks } from "../lib/model/forward/forward.ts";
import { loadModel } from "../lib/model/model.ts";
import { readSafetensors } from "../lib/store/format/safetensors.ts";
import { readYearPrompts } from "../lib/text/prompt_file.ts";
import { deviation, rowRms } from "./compare.ts";
import { loadExpected, type ParityFixture } from "./parity_fixtures.ts";
import { PARITY_TOLERANCES } from "./tolerances.ts";

/** The largest deviation of one kind of array. */
export interface ParityRow {
  fixture: string;
  kind: keyof typeof PARITY_TOLERANCES;
  /** How many arrays were compared. */
  arrays: number;
  worst: number;
  limit: number;
  /** The array and place of the worst. */
  detail: string;
}

class Ledger {
  readonly #rows = new Map<string, ParityRow>();

  constructor(readonly fixture: string) {}

  add(kind: ParityRow["kind"], name: string, actual: HostArray, expected: HostArray): void {
    const scale = kind === "residual" ? rowRms(expected) : undefined;
    const { worst, detail } = deviation(actual, expected, scale);
    const { limit } = PARITY_TOLERANCES[kind];
    const row = this.#rows.get(kind) ??
      { fixture: this.fixture, kind, arrays: 0, worst: -1, limit, detail: "" };
    row.arrays++;
    if (worst > row.worst) Object.assign(row, { worst, detail: `${name}: ${detail}` });
    this.#rows.set(kind, row);
  }

  get rows(): ParityRow[] {
    return [...this.#rows.values()];
  }
}

/** Every stored array of a checkpoint fixture. */
export async function checkpointParity(device: Device, fixture: ParityFixture) {
  await using model = await loadModel(fixture.directory, device);
  const { tokens, expected } = await loadExpected(fixture);
  const actual = await runWithHooks(model, tokens, { read: expected.map(({ name }) => name) });
  const ledger = new Ledger(fixture.name);
  for (const { name, kind, array } of expected) ledger.add(kind, name, actual[name]!, array);
  return ledger.rows;
}

/** Year probabilities, year logits and END residuals of gpt2-mini on its 97 prompts. */
export async function miniParity(device: Device): Promise<ParityRow[]> {
  const directory = "tests/fixtures/gpt2-mini";
  const path = `${directory}/expected.safetensors`;
  await using model = await loadModel(directory, device);
  const expected = await readSafetensors(path);
  const prompts = await readYearPrompts(path);
  const behaviour = await taskBehaviour(model, yearTask(prompts));
  const ledger = new Ledger("gpt2-mini");
  ledger.add("yearProbs", "probs", behaviour.probabilities, expected.probs!);
  ledger.add("yearLogits", "logits_years", behaviour.logits, expected.logits_years!);
  const [N, T] = prompts.goodTokens.shape as [number, number];
  const last = `blocks.${model.config.nLayer - 1}.hook_resid_post`;
  for (const run of ["good", "bad"] as const) {
    const cache = await runWithHooks(model, prompts[`${run}Tokens`], { read: [last] });
    const D = model.config.dModel;
    const all = cache[last]!.data;
    const end = Float64Array.from({ length: N * D }, (_, i) => {
      const row = Math.floor(i / D);
      return Number(all[(row * T + T - 1) * D + i % D]);
    });
    ledger.add(
      "residual",
      `${run}_residual_end`,
      hostArray(end, [N, D]),
      expected[`${run}_residual_end`]!,
    );
  }
  return ledger.rows;
}

/**
 * Random results of interventions, computed again in float64 by running the whole model with the
 * neurons written.
 *
 * @module
 */
import type { Floats } from "../../array.ts";
import type { GeluForm } from "../../device/graph.ts";
import { openReference } from "../../device/reference/mod.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import type { HookWrite } from "../../model/forward/writes.ts";
import { loadModel, type Model } from "../../model/model.ts";
import type { Tokens } from "../../model/tokens.ts";
import type { Testimony } from "../../model/witness.ts";
import { RandomStream } from "../../random.ts";
import { WitnessTally } from "../witness_tally.ts";
import { changeWrite } from "./change.ts";
import type { InterventionBlock, InterventionRequest, Outcome } from "./request.ts";
import { outcomeName } from "./token_arrays.ts";

const SCALE = "ln_final.hook_scale";

interface Pick extends Omit<Outcome, "statistics"> {
  readonly row: number;
  readonly position: number;
  /** Unknown of rows that another process did before the run was cut. */
  value: number | undefined;
}

/** Watches a run and testifies of some of its entropies. */
export class InterventionWitness {
  readonly #request: InterventionRequest;
  readonly #tokens: Tokens;
  readonly #picks: Pick[];

  /** Draws what it will look at. */
  constructor(
    request: InterventionRequest,
    tokens: Tokens,
    { count, seed }: { count: number; seed: number },
  ) {
    const [B, T] = tokens.shape as [number, number];
    const { sets, changes, frozen } = request;
    const stream = new RandomStream(seed, "witness");
    this.#request = request;
    this.#tokens = tokens;
    this.#picks = Array.from({ length: count }, (_, i) => {
      const draw = (k: number, below: number) => stream.integer(5 * i + k, below);
      return {
        row: draw(0, B),
        position: draw(1, T),
        set: draw(2, sets.length),
        change: draw(3, changes.length),
        arm: frozen && draw(4, 2) === 1 ? "frozen_scale" : "full",
        value: undefined,
      };
    });
  }

  /** Looks at a block as it comes. */
  see({ start, tokens, outcomes }: InterventionBlock): void {
    const [rows, T] = tokens.shape as [number, number];
    for (const pick of this.#picks) {
      if (pick.row < start || pick.row >= start + rows) continue;
      const outcome = outcomes.find(({ set, change, arm }) =>
        set === pick.set && change === pick.change && arm === pick.arm
      )!;
      pick.value = outcome.statistics.entropy[(pick.row - start) * T + pick.position]!;
    }
  }

  /** Computes again what it saw. */
  async testify(directory: string, gelu?: GeluForm | undefined): Promise<Testimony> {
    await using device = openReference();
    await using model = await loadModel(directory, device, { gelu });
    const tally = new WitnessTally();
    for (const pick of this.#picks) {
      const { row, position, value } = pick;
      if (value === undefined) continue;
      const reference = await this.#entropy(model, pick);
      const name = `${outcomeName(this.#request, pick)}/entropy`;
      tally.add({ name, index: row * this.#tokens.shape[1]! + position, value, reference });
    }
    return tally.testimony();
  }

  async #entropy(model: Model, { row, position, set, change, arm }: Pick): Promise<number> {
    const T = this.#tokens.shape[1]!;
    const data = this.#tokens.data.slice(row * T, (row + 1) * T);
    const tokens = { data, shape: [1, T] };
    const { sets, changes, location } = this.#request;
    const writes: HookWrite[] = sets[set]!.neurons.map(({ layer, neuron }) =>
      changeWrite(changes[change]!, { layer, neurons: [neuron], location })
    );
    if (arm === "frozen_scale") {
      const clean = await runWithHooks(model, tokens, { read: [SCALE] });
      const { data, shape } = clean[SCALE]!;
      const value = { data: Float32Array.from(data as Floats), shape };
      writes.push({ hook: SCALE, kind: "replace", value });
    }
    const { entropy } = await runWithHooks(model, tokens, { read: ["entropy"], writes });
    return Number(entropy!.data[position]);
  }
}

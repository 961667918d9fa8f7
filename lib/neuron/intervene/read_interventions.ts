/**
 * A finished run of interventions as figures take it.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { readSourceRun } from "../../store/run/source_run.ts";
import { type ChangeKind, VALUE_TITLES } from "./change.ts";
import { neuronsOfSets, type Role } from "./neuron_sets.ts";

/** The script whose runs are read, and its command. */
export const INTERVENTION_RUN = {
  script: "universal_neurons/entropy_intervention",
  command: "deno task un:entropy-intervention",
} as const;

const MEASURES = ["loss", "entropy", "reciprocal_rank", "scale"] as const;

/** Means of each measure by value. */
export type ReadSeries = Readonly<Record<typeof MEASURES[number], readonly number[]>>;

/** A set of neurons of the run. */
export interface ReadSet {
  /** Names joined by `_`. */
  readonly name: string;
  readonly role: Role;
  readonly full: ReadSeries;
  readonly frozen?: ReadSeries | undefined;
  readonly lossChange: { readonly mean: readonly number[]; readonly se: readonly number[] };
}

/** Cosines of one neuron's output weights with the vocabulary. */
export interface ReadCosines {
  /** `layer.index`. */
  readonly name: string;
  readonly role: Role;
  readonly counts: readonly number[];
}

/** What a run holds. */
export interface ReadInterventions {
  readonly run: FinishedRun;
  readonly model: string;
  readonly valueTitle: string;
  readonly values: readonly number[];
  readonly nominal: Readonly<Record<typeof MEASURES[number], number>>;
  readonly sets: readonly ReadSet[];
  readonly cosines: { readonly edges: readonly number[]; readonly neurons: readonly ReadCosines[] };
}

interface Told {
  readonly model: string;
  readonly type: ChangeKind;
  readonly values: readonly number[];
  readonly chosen: readonly string[];
  readonly controls: readonly string[];
}

/**
 * Reads a run of `un:entropy-intervention`.
 *
 * @throws {NeuriteError} as `readSourceRun`; E-FILE-MISSING for a run of a single value or without
 * cosines, which an earlier version wrote.
 */
export async function readInterventions(directory: string): Promise<ReadInterventions> {
  const run = await readSourceRun(directory, INTERVENTION_RUN);
  const told = await run.summary() as unknown as Told;
  const arrays = await run.arrays();
  const complain = (is: string, expected: string, hint: string) =>
    cannot("E-FILE-MISSING", { do: "draw from", thing: run.directory, is, expected, hint });
  if (told.values.length < 2) {
    throw complain(
      `a run of ${told.type} at ${told.values.length} values`,
      "one with several, which make a curve",
      `${INTERVENTION_RUN.command} --type fixed_activation`,
    );
  }
  if (arrays["vocab_cosine_counts"] === undefined) {
    throw complain(
      "without vocab_cosine_counts",
      "the cosines of its neurons with the vocabulary",
      `${INTERVENTION_RUN.command} --force makes the run again`,
    );
  }
  const P = told.values.length;
  const row = (name: string, at: number, width = P) =>
    Array.from(arrays[name]!.data.subarray(at * width, (at + 1) * width), Number);
  const series = (arm: string, at: number) =>
    Object.fromEntries(
      MEASURES.map((name) => [name, row(`${arm}_${name}`, at)]),
    ) as unknown as ReadSeries;
  const roles = [
    ...told.chosen.map((name) => ({ name, role: "chosen" as const })),
    ...told.controls.map((name) => ({ name, role: "control" as const })),
  ];
  const isFrozen = "frozen_scale_loss" in arrays;
  const bins = arrays["vocab_cosine_counts"].shape[1]!;
  return {
    run,
    model: told.model,
    valueTitle: VALUE_TITLES[told.type],
    values: told.values,
    nominal: Object.fromEntries(
      MEASURES.map((name) => [name, Number(arrays[`nominal_${name}`]!.data[0])]),
    ) as ReadInterventions["nominal"],
    sets: roles.map(({ name, role }, i) => ({
      ...{ name, role, full: series("full", i) },
      frozen: isFrozen ? series("frozen_scale", i) : undefined,
      lossChange: { mean: row("full_loss_change", i), se: row("full_loss_change_se", i) },
    })),
    cosines: {
      edges: Array.from(arrays["vocab_cosine_edges"]!.data, Number),
      neurons: neuronsOfSets(roles).map((one, i) => ({
        ...one,
        counts: row("vocab_cosine_counts", i, bins),
      })),
    },
  };
}

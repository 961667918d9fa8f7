/**
 * What a merge must know of a run whose shards it has: no model and no tokens are read again.
 *
 * @module
 */
import type { DeviceName } from "../../../device/device.ts";
import { type Json, stableJson } from "../../../store/format/json.ts";
import {
  identityHash,
  type RecordedOption,
  type RunIdentity,
} from "../../../store/run/run_record.ts";
import { VERSION } from "../../../version.ts";
import { MOST_BLOCKS } from "../exact_sums.ts";
import type { NamedShape } from "../finish_run.ts";
import { type RotationForm, ROTATIONS } from "../rotation.ts";
import { SIMILARITIES, type Similarity } from "../similarity.ts";
import { type Baseline, BASELINES } from "../streams.ts";

/** A model as a shard names it. */
export type ShardModel = Pick<NamedShape, "label" | "layers" | "width">;

/** What a shard says of its run. */
export interface RunFacts {
  readonly run: RunIdentity;
  /** Every option, for the record of the merged run. */
  readonly recorded: Readonly<Record<string, RecordedOption>>;
  readonly device: DeviceName;
  readonly base: ShardModel;
  readonly partners: readonly ShardModel[];
  /** Positions of all rows. */
  readonly tokens: number;
  /** Token ids that do not count. */
  readonly dropped: readonly number[];
  /** Positions of a block. */
  readonly positions: number;
  /** Blocks of the whole run. */
  readonly blocks: number;
  readonly similarity: Similarity;
  readonly baseline: Baseline;
  readonly rotation: RotationForm;
  readonly draws: number;
  readonly seed: number;
  /** Whether there are float16 sums too; absent where there are none. */
  readonly float16Moments?: boolean;
}

/** The facts of a run that is about to be summed. */
export function factsOf(
  run: RunIdentity,
  asked: Pick<
    RunFacts,
    "similarity" | "baseline" | "rotation" | "draws" | "seed" | "float16Moments"
  >,
  { models, blocks, recorded, tokens, dropped, device }: {
    models: { readonly base: ShardModel; readonly partners: readonly ShardModel[] };
    blocks: { readonly count: number; readonly positions: number };
    recorded: RunFacts["recorded"];
    tokens: number;
    dropped: Iterable<number>;
    device: DeviceName;
  },
): RunFacts {
  const shape = ({ label, layers, width }: ShardModel) => ({ label, layers, width });
  const { similarity, baseline, rotation, draws, seed, float16Moments = false } = asked;
  return {
    run: { ...run, version: run.version ?? VERSION },
    recorded,
    device,
    base: shape(models.base),
    partners: models.partners.map(shape),
    tokens,
    dropped: [...dropped],
    positions: blocks.positions,
    blocks: blocks.count,
    similarity,
    baseline,
    rotation,
    draws,
    seed,
    ...(float16Moments && { float16Moments }),
  };
}

/** Larger than any run, small enough to plan with. */
const MOST = {
  layers: 1000,
  width: 2 ** 20,
  partners: 1000,
  blocks: MOST_BLOCKS,
  draws: 1000,
} as const;

const DEVICES: readonly string[] = ["webgpu", "onnx", "reference"];

/** The facts as a text of one form. */
export function encodeFacts(facts: RunFacts): string {
  return stableJson(facts as unknown as Json);
}

/** What {@linkcode encodeFacts} gave, or undefined when the text is no such thing. */
export function parseFacts(text: string): RunFacts | undefined {
  let facts: Partial<RunFacts> | null;
  try {
    facts = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isFacts(facts) ? facts : undefined;
}

/** The hash that all shards of a run and the run itself have. */
export function factsIdentity({ run }: RunFacts): string {
  return identityHash(run);
}

function isFacts(facts: Partial<RunFacts> | null): facts is RunFacts {
  if (typeof facts !== "object" || facts === null) return false;
  const { run, recorded, device, base, partners, dropped } = facts;
  return isIdentity(run) && isObject(recorded) && DEVICES.includes(device!) && isModel(base) &&
    Array.isArray(partners) && partners.length >= 1 && partners.length <= MOST.partners &&
    partners.every(isModel) && Array.isArray(dropped) && dropped.every((id) => isWhole(id)) &&
    isWhole(facts.tokens) && isWhole(facts.positions) && isWhole(facts.blocks, MOST.blocks) &&
    isWhole(facts.draws, MOST.draws) && isWhole(facts.seed, 2 ** 32 - 1) &&
    [undefined, true].includes(facts.float16Moments) &&
    SIMILARITIES.includes(facts.similarity!) && BASELINES.includes(facts.baseline!) &&
    ROTATIONS.includes(facts.rotation!);
}

function isIdentity(run: unknown): run is RunIdentity {
  const { script, version, options, inputs } = (run ?? {}) as Partial<RunIdentity>;
  return typeof script === "string" && typeof version === "string" && isObject(options) &&
    Array.isArray(inputs) &&
    inputs.every((input) => isObject(input) && typeof input["sha256"] === "string");
}

function isModel(model: unknown): model is ShardModel {
  const { label, layers, width } = (model ?? {}) as Partial<ShardModel>;
  return typeof label === "string" && isWhole(layers, MOST.layers, 1) &&
    isWhole(width, MOST.width, 1);
}

function isWhole(value: unknown, most = 2 ** 52, least = 0): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

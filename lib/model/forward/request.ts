/**
 * What a caller asks of a forward pass, checked and sorted by the part of the model that answers.
 *
 * @module
 */
import { formatShape, type HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../config/config.ts";
import { findHook, type ForwardOutput, isForwardOutput } from "./hooks.ts";
import type { HookWrite } from "./writes.ts";

/** What a run reads, changes and skips. */
export interface ForwardOptions {
  /** Hook names and outputs (`logits`, `loss_per_token`, …) to return. */
  read: readonly string[];
  /** Changes made on the way. @default {[]} */
  writes?: readonly HookWrite[] | undefined;
  /** First block to run, from `residual`. @default {0} */
  startLayer?: number | undefined;
  /** `[B, T, D]`, the residual entering block `startLayer`, as read from `hook_resid_pre`. */
  residual?: HostArray<Float32Array | Float64Array> | undefined;
  /** Blocks from this one on are not run; outputs after it cannot be asked. @default {L} */
  stopLayer?: number | undefined;
  /** Positions that are unembedded. @default {"all"} */
  positions?: "all" | "last" | undefined;
  /** i32 `[C]` token ids of `column_logits` and `column_log_probs`. */
  columns?: Int32Array | undefined;
  /**
   * Computes equal rows once, and the positions in which rows begin alike once. It changes the cost
   * and not the results; batches then hold the rows in another order, which
   * {@linkcode ForwardBatch.places} tells. A run that writes or starts from a residual shares nothing,
   * because equal tokens may then stand for different values. @default {false}
   */
  share?: boolean | undefined;
  /** Bytes one batch may take on the device. @default {2 GiB} */
  memory?: number | undefined;
  /** Called after each batch with rows done and in all. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** Ends the run between two batches. */
  signal?: AbortSignal | undefined;
}

/** The part of the model a hook belongs to: a layer, or an end. */
export type Part = "embed" | "final" | number;

/** A checked {@linkcode ForwardOptions}. */
export interface ForwardRequest {
  readonly reads: ReadonlyMap<Part, ReadonlySet<string>>;
  readonly writes: ReadonlyMap<Part, readonly HookWrite[]>;
  readonly outputs: ReadonlySet<ForwardOutput>;
  readonly startLayer: number;
  /** One past the last block that is needed. */
  readonly endLayer: number;
  readonly runsHead: boolean;
  readonly last: boolean;
  readonly columns: Int32Array;
  /** Whether rows share what they have in common. */
  readonly shares: boolean;
  /** How many tokens after a position its results depend on. */
  readonly lookahead: 0 | 1;
}

function partOf(config: ModelConfig, name: string): Part {
  const hook = findHook(config, name);
  return hook.layer ?? (hook.site.startsWith("ln_final") ? "final" : "embed");
}

/** A hook's name within its part. */
export function siteOf(config: ModelConfig, name: string): string {
  return findHook(config, name).site;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => Part): Map<Part, T[]> {
  const groups = new Map<Part, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

function complain(thing: string, is: string, expected: string) {
  return cannot("E-HOOK", {
    do: "run with",
    thing,
    is,
    expected,
    hint: "deno task forward --help",
  });
}

function checkLayers(config: ModelConfig, options: ForwardOptions): [number, number] {
  const { startLayer = 0, stopLayer = config.nLayer, residual } = options;
  const inside = Number.isInteger(startLayer) && Number.isInteger(stopLayer) && startLayer >= 0 &&
    startLayer <= stopLayer && stopLayer <= config.nLayer;
  if (!inside) {
    throw complain(
      "startLayer, stopLayer",
      `${startLayer}, ${stopLayer}`,
      `0 ≤ startLayer ≤ stopLayer ≤ ${config.nLayer}`,
    );
  }
  if ((startLayer > 0) !== (residual !== undefined)) {
    throw complain(
      "startLayer",
      `${startLayer} ${residual ? "with" : "without"} a residual`,
      "a residual exactly when startLayer > 0",
    );
  }
  return [startLayer, stopLayer];
}

/**
 * Checks a request against a model.
 *
 * @throws {NeuriteError} E-HOOK for unknown names and for parts that the run would not reach.
 */
export function checkRequest(
  config: ModelConfig,
  [B, T]: readonly [number, number],
  options: ForwardOptions,
): ForwardRequest {
  const { residual, columns = new Int32Array(), positions = "all" } = options;
  const [startLayer, stopLayer] = checkLayers(config, options);
  if (residual && formatShape(residual.shape) !== formatShape([B, T, config.dModel])) {
    throw complain(
      "residual",
      formatShape(residual.shape),
      formatShape([B, T, config.dModel]),
    );
  }
  const outputs = new Set(options.read.filter(isForwardOutput));
  const hooks = options.read.filter((name) => !isForwardOutput(name));
  const reads = grouped(hooks, (name) => partOf(config, name));
  const writes = grouped(options.writes ?? [], (write) => partOf(config, write.hook));
  const last = positions === "last";
  for (const output of outputs) {
    if (last && needsNextToken(output)) {
      throw complain(output, "asked at the last position", "positions that have a next token");
    }
    if (output.startsWith("column_") && columns.length === 0) {
      throw complain(output, "no columns", "token ids in `columns`");
    }
  }
  const runsHead = outputs.size > 0 || reads.has("final");
  const span = startLayer === stopLayer ? "no layer" : `layers ${startLayer} to ${stopLayer - 1}`;
  const wanted = [...reads.keys(), ...writes.keys(), ...(runsHead ? ["final" as const] : [])];
  for (const part of wanted) {
    const reached = part === "embed"
      ? startLayer === 0
      : part === "final"
      ? stopLayer === config.nLayer
      : part >= startLayer && part < stopLayer;
    if (!reached) {
      throw complain(
        part === "embed" || part === "final" ? part : `layer ${part}`,
        `outside the run of ${span}`,
        "hooks and outputs that the run reaches",
      );
    }
  }
  const lastRead = Math.max(-1, ...[...reads.keys()].filter((part) => typeof part === "number"));
  return {
    reads: new Map([...reads].map(([part, names]) => [part, new Set(names)])),
    writes,
    outputs,
    startLayer,
    endLayer: runsHead ? config.nLayer : Math.max(lastRead + 1, startLayer),
    runsHead,
    last,
    columns: checkColumns(config, columns),
    shares: options.share === true && writes.size === 0 && residual === undefined,
    lookahead: [...outputs].some(needsNextToken) ? 1 : 0,
  };
}

/** What of a request is answered before a row's last position. */
export function beforeLastPosition(request: ForwardRequest): ForwardRequest {
  if (!request.last) return request;
  return { ...request, outputs: new Set(), last: false, runsHead: request.reads.has("final") };
}

function needsNextToken(output: ForwardOutput): boolean {
  return output === "loss_per_token" || output === "rank";
}

function checkColumns(config: ModelConfig, columns: Int32Array): Int32Array {
  const wrong = columns.find((id) => id < 0 || id >= config.vocabSize);
  if (wrong === undefined) return columns;
  throw cannot("E-TOKENS", {
    do: "read column",
    thing: `token ${wrong}`,
    is: "an id outside the vocabulary",
    expected: `0 to ${config.vocabSize - 1}`,
    hint: "make the column ids with this model's own tokenizer",
  });
}

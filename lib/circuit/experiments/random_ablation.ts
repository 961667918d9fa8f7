/**
 * A circuit, the original's two lists of heads, and random circuits of the same size, all tested on
 * the same two runs of each round (spec/greater_than section 3.11).
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import type { TableColumn } from "../../store/format/table.ts";
import type { Circuit } from "../graph/circuit.ts";
import { CircuitTest, testMeasures } from "../rounds/circuit_tests.ts";
import { asksYears, type ContrastTask } from "../task/contrast_task.ts";
import { DrawnCircuit } from "../search/drawn_circuit.ts";
import { type RatioSummary, summarizeTests } from "../task/measures.ts";
import { nodeName } from "../graph/nodes.ts";
import type { HeadIndex } from "../paper/paper_circuit.ts";
import { PatchPlan } from "../graph/patch_plan.ts";
import {
  type CircuitForm,
  drawHeads,
  everyRoute,
  type HeadDrawOptions,
  type HeadDraws,
  sameEdges,
} from "../search/random_circuits.ts";
import type { Baseline, RoundPart } from "../rounds/rounds.ts";
import { circuitRoles, type HeadNode, upperEdges } from "../graph/routes.ts";
import { type Spread, spread, type Standing, standing } from "../search/standing.ts";
import { collate } from "../task/year_metrics.ts";

/** The original's other list: heads of the same layers, chosen by hand. */
export const ALTERNATIVE_HEADS: readonly HeadIndex[] = [
  ...[[9, 2], [8, 0], [7, 11], [6, 10], [5, 6], [8, 9], [5, 2]] as const,
];

/** The one MLP that the original's probe leaves between heads and logits. */
const PROBE_MLP = 10;

/** `full`: all MLPs of the circuit. `m10`: MLP 10 alone, as the original has it. */
export type AblationVersion = "full" | "m10";

/** What is tested. */
export interface AblationRequest extends HeadDrawOptions {
  readonly circuit: Circuit;
  /** Whether it is the paper's, to which the original's list and its one MLP belong. */
  readonly isPaper: boolean;
}

/** The tests, to be run in rounds. */
export interface Ablation {
  readonly draws: HeadDraws;
  /** `no_heads`, and `circuit` and `alternative` with `_<version>` and `_<version>_reverse`. */
  readonly tests: ReadonlyMap<string, CircuitTest>;
  /** A circuit a draw, by version. */
  readonly drawn: ReadonlyMap<AblationVersion, readonly DrawnCircuit[]>;
  readonly parts: readonly RoundPart[];
}

/**
 * Makes the tests.
 *
 * @throws {NeuriteError} as `drawHeads`.
 */
export function randomAblation(
  config: Pick<ModelConfig, "nLayer" | "nHead">,
  task: ContrastTask,
  { circuit, isPaper, ...options }: AblationRequest,
): Ablation {
  const upper = upperEdges(circuit.edges);
  const { heads, mlps } = circuitRoles(upper);
  const draws = drawHeads(config, heads, options);
  const forms = new Map<AblationVersion, CircuitForm>([
    ["full", options.anywhere ? everyRoute(mlps) : sameEdges(upper)],
    ...(isPaper ? [["m10", everyRoute([PROBE_MLP])] as const] : []),
  ]);
  const alternative = ALTERNATIVE_HEADS
    .map(([layer, head]): HeadNode => ({ kind: "head", layer, head }));
  const named = { circuit: heads, ...(isPaper && { alternative }) };
  const tests = new Map([["no_heads", new CircuitTest(task, new PatchPlan([]), false)]]);
  const drawn = new Map<AblationVersion, DrawnCircuit[]>();
  for (const [version, form] of forms) {
    for (const [name, list] of Object.entries(named)) {
      const plan = new PatchPlan(form(list));
      tests.set(`${name}_${version}`, new CircuitTest(task, plan, false));
      tests.set(`${name}_${version}_reverse`, new CircuitTest(task, plan, true));
    }
    drawn.set(version, draws.lists.map((list) => new DrawnCircuit(new PatchPlan(form(list)))));
  }
  return { draws, tests, drawn, parts: [...tests.values(), ...[...drawn.values()].flat()] };
}

/** Each draw's share of the model's mean probability difference, by version. */
export function drawnRatios(
  { drawn }: Ablation,
  { "prob_diff_mean": own }: { readonly "prob_diff_mean": number },
): Map<AblationVersion, number[]> {
  return new Map(
    [...drawn].map(([version, circuits]) => [
      version,
      circuits.map((circuit) => circuit.summary("probDiff")!.mean / own),
    ]),
  );
}

/**
 * Answers under each test and each draw's share: of years `probs` and `probs_<test> [97, 100]`, of
 * other labels `label_probs_<test> [N, C]`; `ratio_draws_<version> [draws]`.
 */
export function ablationArrays(
  { tests }: Ablation,
  task: ContrastTask,
  { baseline, ratios }: {
    readonly baseline: Baseline;
    readonly ratios: ReadonlyMap<AblationVersion, readonly number[]>;
  },
): Record<string, HostArray<Float64Array>> {
  const prefix = asksYears(task) ? "" : "label_";
  const shares = (values: readonly number[]) => ({
    data: Float64Array.from(values),
    shape: [values.length],
  });
  return {
    ...(asksYears(task) && { probs: collate(baseline.probabilities, task.YY) }),
    ...Object.fromEntries([...tests].map(([name, test]) => [
      `${prefix}probs_${name}`,
      test.array(),
    ])),
    ...Object.fromEntries([...ratios].map(([version, values]) => [
      `ratio_draws_${version}`,
      shares(values),
    ])),
  };
}

/** One row a draw and version: its heads, means and standard deviations. */
export function drawnTable(
  { draws, drawn }: Ablation,
  ratios: ReadonlyMap<AblationVersion, readonly number[]>,
): TableColumn[] {
  const rows = [...drawn].flatMap(([version, circuits]) =>
    circuits.map((circuit, draw) => ({
      version,
      draw,
      heads: draws.lists[draw]!.map(nodeName).join(" "),
      ratio: ratios.get(version)![draw]!,
      probDiff: circuit.summary("probDiff")!,
      sharpness: circuit.summary("sharpness"),
    }))
  );
  const sharp = rows.flatMap(({ sharpness }) => sharpness ?? []);
  return [
    { name: "version", type: "string", values: rows.map(({ version }) => version) },
    { name: "draw", type: "int32", values: rows.map(({ draw }) => draw) },
    { name: "heads", type: "string", values: rows.map(({ heads }) => heads) },
    { name: "prob_diff_mean", type: "float64", values: rows.map(({ probDiff }) => probDiff.mean) },
    { name: "prob_diff_sd", type: "float64", values: rows.map(({ probDiff }) => probDiff.sd) },
    ...(sharp.length > 0
      ? [
        {
          name: "sharpness_mean",
          type: "float64" as const,
          values: sharp.map(({ mean }) => mean),
        },
        { name: "sharpness_sd", type: "float64" as const, values: sharp.map(({ sd }) => sd) },
      ]
      : []),
    { name: "ratio", type: "float64", values: rows.map(({ ratio }) => ratio) },
  ];
}

/** A named circuit's means, and where its share stands among the random circuits' (not in reverse). */
export type AblationSummary = RatioSummary & { readonly standing?: Standing };

/**
 * Means of every named circuit with their place among the draws, and `random_<version>`: how the draws'
 * shares are spread. `ratios` as {@linkcode drawnRatios}; `seed` is of the bootstrap.
 */
export function ablationSummary(
  { tests }: Ablation,
  { baseline, ratios, seed }: {
    readonly baseline: Baseline;
    readonly ratios: ReadonlyMap<AblationVersion, readonly number[]>;
    readonly seed: number;
  },
): { tests: Record<string, AblationSummary>; spreads: Record<string, Spread> } {
  const own = summarizeTests(baseline, testMeasures(tests), seed);
  const summaries = Object.entries(own).map(([name, summary]): [string, AblationSummary] => {
    const draws = ratios.get(name.split("_").at(-1) as AblationVersion);
    return [name, { ...summary, ...(draws && { standing: standing(summary.ratio, draws) }) }];
  });
  const spreads = [...ratios]
    .map(([version, draws]): [string, Spread] => [`random_${version}`, spread(draws)]);
  return { tests: Object.fromEntries(summaries), spreads: Object.fromEntries(spreads) };
}

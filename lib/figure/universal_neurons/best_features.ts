/**
 * Which feature explains each universal neuron best (Gurnee et al. 2024, the notebook family_count): of
 * the token, of the token before, of the sequence and of its position before.
 *
 * @module
 */
import { basename } from "node:path";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { intervals } from "../intervals.ts";
import type { ReportNumber, ReportTable } from "../report.ts";
import type { FigureEntry } from "../write_report.ts";
import { type NeuronTable, universalFlags } from "./neuron_tables.ts";

/** A universal neuron and what explains it best. */
export interface BestExplained {
  readonly model: string;
  /** `layer.index`. */
  readonly neuron: string;
  /** `token`, `prev_token`, `sequence` or `prev_sequence`. */
  readonly kind: string;
  readonly feature: string;
  readonly family: string;
  /** Reduction in variance. */
  readonly reduction: number;
}

/** The explained universal neurons of one model. */
export interface ExplainedModel {
  readonly model: string;
  /** As the run names it, by which the paper's numbers are found. */
  readonly source: string;
  readonly neurons: readonly BestExplained[];
}

/** Below this reduction a neuron counts as unexplained. */
const EXPLAINED = 0.05;

/** Explained universal neurons of a best reduction below 0.05, of 1,209 explained. */
const PAPER_UNEXPLAINED: Readonly<Record<string, number>> = { "stanford-gpt2-medium-a": 283 };

/** Names of the universal neurons of a table. */
function universalNames(table: NeuronTable, border: number): Set<string> {
  const flags = universalFlags(table, border);
  const { layer, columns: { neuron } } = table;
  const width = layer.length / new Set(Array.from(layer)).size;
  return new Set(
    flags.flatMap((flag, i) => flag ? [`${layer[i]}.${neuron ? neuron[i] : i % width}`] : []),
  );
}

/**
 * Reads the best features of each table's universal neurons from the run of `un:explain` of its model,
 * largest reduction first; a line for each table without one.
 */
export async function readBestFeatures(
  tables: readonly NeuronTable[],
  runs: readonly FinishedRun[],
  border: number,
): Promise<{ readonly models: readonly ExplainedModel[]; readonly leftOut: readonly string[] }> {
  const names = await Promise.all(
    runs.map(async (run) => basename(String((await run.summary()).model))),
  );
  const models: ExplainedModel[] = [];
  const leftOut: string[] = [];
  for (const table of tables.filter(({ columns }) => columns.excess_corr)) {
    const at = names.indexOf(basename(table.source));
    if (at < 0) {
      if (runs.length > 0) {
        leftOut.push(
          `left out universal-families, ${table.model}: no run of it in --explain; ` +
            "deno task un:explain makes it",
        );
      }
      continue;
    }
    const wanted = universalNames(table, border);
    const { columns, rows } = await runs[at]!.table("best_features");
    const text = (name: string, row: number) => String(columns[name]![row] ?? "");
    const neurons = Array.from({ length: rows }, (_, row) => ({
      model: table.model,
      neuron: `${Number(columns.layer![row])}.${Number(columns.neuron![row])}`,
      kind: text("best_kind", row),
      feature: text("best_feature", row),
      family: text("best_family", row),
      reduction: Number(columns.best_variance_reduction![row]),
    })).filter(({ neuron, kind }) => kind !== "" && wanted.has(neuron))
      .sort((a, b) => b.reduction - a.reduction);
    if (neurons.length > 0) models.push({ model: table.model, source: table.source, neurons });
    else leftOut.push(`left out universal-families, ${table.model}: no universal neuron explained`);
  }
  return { models, leftOut };
}

/** A row a universal neuron, as the notebook's table. */
export function bestFeatureTable(models: readonly ExplainedModel[]): ReportTable {
  return {
    caption: "Best feature of each universal neuron",
    columns: ["model", "neuron", "feature", "kind", "family", "variance_reduction"],
    rows: models.flatMap(({ neurons }) =>
      neurons.map(({ model, neuron, feature, kind, family, reduction }) => [
        ...[model, neuron, kind.startsWith("prev_") ? `prev_${feature}` : feature],
        ...[kind, family, reduction],
      ])
    ),
  };
}

function familyRows({ neurons }: ExplainedModel) {
  const explained = neurons.filter(({ reduction }) => reduction >= EXPLAINED);
  const groups = Map.groupBy(explained, ({ kind, family }) => `${kind}: ${family}`);
  const rows = [...groups].map(([label, own]) => ({ label, value: own.length }))
    .sort((a, b) => b.value - a.value || (a.label < b.label ? -1 : 1));
  const others = neurons.length - explained.length;
  return others > 0 ? [...rows, { label: `best below ${EXPLAINED}`, value: others }] : rows;
}

/** universal-families: how many universal neurons each kind and family of features explains best. */
export function bestFeatureFigures(models: readonly ExplainedModel[]): FigureEntry[] {
  if (models.length === 0) return [];
  const name = "universal-families";
  const caption = "Universal neurons by the kind and family of the feature that reduces the " +
    `variance of their activations most; those whose best is below ${EXPLAINED} are apart.`;
  const spec = intervals(
    models.map((one) => ({ xTitle: `Universal neurons of ${one.model}`, rows: familyRows(one) })),
    { name, title: "What Explains Universal Neurons", description: caption },
  );
  return [{ name, spec, caption, table: bestFeatureTable(models) }];
}

/** How many stay unexplained, the paper's number beside it. */
export function bestFeatureNumbers(models: readonly ExplainedModel[]): ReportNumber[] {
  return models.map(({ model, source, neurons }) => {
    const paper = PAPER_UNEXPLAINED[basename(source)];
    return {
      name: `${model}: universal neurons of a best reduction below ${EXPLAINED}`,
      value: neurons.filter(({ reduction }) => reduction < EXPLAINED).length,
      ...(paper === undefined ? {} : { paper }),
      verdict: "not applicable" as const,
      note: `of ${neurons.length} explained`,
    };
  });
}

import type { MissingPanel, Panel } from "../format.ts";
import type { ViewerRuns } from "./sources.ts";

/** Tokens on each side; what un:summary keeps, and un:viewer shows before an example. */
const DEFAULT_CONTEXT = 20;

/** What is known of the sources when panels are chosen. */
export interface PanelSources {
  readonly runs: ViewerRuns;
  /** The model as a command names it. */
  readonly model: string;
  /** Whether the summary ranks tokens. */
  readonly isRanked: boolean;
  /** Whether it has the activations around its examples. */
  readonly isColoured: boolean;
  /** Why the rows that the summary read are not there; undefined where they are. */
  readonly rowsMissing?: string | undefined;
}

/** Panels that have no data, each with the command that makes it. */
export function missingPanels(sources: PanelSources): Partial<Record<Panel, MissingPanel>> {
  const { runs, model, isRanked, isColoured, rowsMissing } = sources;
  const summary = `deno task un:summary --model ${model} --tokens ROWS.safetensors`;
  const noSummary = { is: "no run of un:summary", command: summary };
  const noWeights = {
    is: "no run of un:weights",
    command: `deno task un:weights --model ${model}`,
  };
  return {
    ...(!runs.summary && {
      activations: noSummary,
      vocabulary: noSummary,
      examples: noSummary,
    }),
    ...(runs.summary && !isRanked && {
      vocabulary: {
        is: "the run of un:summary ranks no tokens",
        command: `${summary} --vocab-top 100`,
      },
    }),
    ...(runs.summary && rowsMissing !== undefined && {
      examples: {
        is: rowsMissing,
        command: `deno task un:viewer --model ${model} --tokens ROWS.safetensors`,
      },
    }),
    ...(runs.summary && rowsMissing === undefined && !isColoured && {
      examples: {
        is: "the run of un:summary has no activations around its examples, so that each has the " +
          "colour of its largest token alone",
        command: `${summary} --example-context ${DEFAULT_CONTEXT}`,
      },
    }),
    ...(!runs.weights && { compositions: noWeights, heads: noWeights }),
    ...(!runs.correlations && {
      partners: {
        is: "no run of un:correlations",
        command: `deno task un:correlations --model-1 ${model} --model-2 OTHER ` +
          "--tokens ROWS.safetensors --baseline rotation",
      },
    }),
  };
}

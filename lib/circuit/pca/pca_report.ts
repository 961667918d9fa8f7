/**
 * The numbers of the principal components for people: in a terminal and in a report.
 *
 * @module
 */
import type { TextTable } from "../../model/describe_run.ts";
import type { PcaSummary } from "./pca_panel.ts";

/** Summaries by the activations' names. */
export type PcaSummaries = Readonly<Record<string, PcaSummary>>;

/** `mlp8_input` as words. */
function words(name: string): string {
  if (name === "embedding") return "static embedding at YY";
  const mlp = /^mlp(\d+)_input$/.exec(name);
  return mlp ? `MLP ${mlp[1]} input at END` : `${name} output at END`;
}

/** As a table for the terminal. */
export function tableOfComponents(panels: PcaSummaries): TextTable {
  return {
    columns: [
      "activation",
      "explained 1",
      "explained 2",
      "years to neighbour",
      "sd",
      "by chance",
      "sd",
    ],
    rows: Object.entries(panels).map(([name, panel]) => [
      words(name),
      ...panel.explained,
      panel.neighbour_gap_mean,
      panel.neighbour_gap_sd,
      panel.chance_gap_mean,
      panel.chance_gap_sd,
    ]),
  };
}

/** As the numbers of a report. */
export function reportComponents(panels: PcaSummaries) {
  return Object.entries(panels).flatMap(([name, panel]) => {
    const [low, high] = panel.neighbour_gap_ci;
    return [
      {
        name: `${words(name)}: variance of two components`,
        value: panel.explained[0] + panel.explained[1],
        format: "percent" as const,
        verdict: "not applicable" as const,
        note: panel.explained.map((share) => `${(100 * share).toFixed(1)} %`).join(" and "),
      },
      {
        name: `${words(name)}: years between neighbours`,
        value: panel.neighbour_gap_mean,
        sd: panel.neighbour_gap_sd,
        verdict: "not applicable" as const,
        note: `95 % interval of the mean ${low.toFixed(2)} to ${high.toFixed(2)}; by chance ` +
          `${panel.chance_gap_mean.toFixed(1)} (sd ${panel.chance_gap_sd.toFixed(1)}), on an ` +
          "ordered curve 1",
      },
    ];
  });
}

/**
 * Circuits and summaries in the words of the figures, which know neither.
 *
 * @module
 */
import type { Circuit } from "../graph/circuit.ts";
import { placeName } from "../graph/nodes.ts";
import { isPaperModel, PAPER_SUMMARY, type Summaries, TEST_NAMES } from "./paper_numbers.ts";

/** A circuit as the diagram draws it: one edge a channel, `layers` of the model. */
export function circuitGraph({ edges }: Circuit, layers: number) {
  return {
    layers,
    edges: edges.map(({ from, to, channel, weight }) => ({
      from: from === "whole" ? from : placeName(from),
      to: placeName(to),
      ...(channel !== "x" && { channels: channel }),
      ...(weight !== undefined && { weight }),
    })),
  };
}

/** The tests of a run with their intervals, and the paper's values where the model is the paper's. */
export function measuredRuns(model: string, summaries: Summaries) {
  const published: Record<string, Record<string, number>> = isPaperModel(model)
    ? PAPER_SUMMARY
    : {};
  return Object.entries(TEST_NAMES).flatMap(([test, label]) => {
    const summary = summaries[test];
    if (!summary) return [];
    const { prob_diff_mean: mean, prob_diff_ci: interval } = summary;
    const { sharpness_mean: step, sharpness_ci: stepInterval } = summary;
    const { prob_diff_mean: paper, sharpness_mean: paperStep } = published[test] ?? {};
    return [{
      label,
      probDiff: { mean, interval, ...(paper !== undefined && { paper }) },
      ...(step !== undefined && stepInterval && {
        sharpness: {
          mean: step,
          interval: stepInterval,
          ...(paperStep !== undefined && { paper: paperStep }),
        },
      }),
    }];
  });
}

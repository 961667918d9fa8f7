/**
 * Which neurons the figures show: the paper's on its model, else those that the scores choose.
 *
 * @module
 */
import { type Neuron, parseNeuron } from "../neurons.ts";
import { bestOfFeatures, bestSuppressor, duplicateFeatures, type NamedNeuron } from "./named.ts";
import {
  APPENDIX_NEURONS,
  CODE_NEURONS,
  DUPLICATE_FEATURES,
  LISTED_MODEL,
  MAIN_NEURONS,
  SUPPRESSION_NEURON,
} from "./paper_lists.ts";

/** A neuron and the feature that it is shown with. */
export type Shown = readonly [neuron: string, feature: string];

/** What each figure shows. */
export interface ShownNeurons {
  /** `"paper"`, or `"scores"` where the neurons were found. */
  readonly chosenBy: "paper" | "scores";
  readonly main: readonly Shown[];
  readonly appendix: readonly Shown[];
  readonly suppression: readonly Shown[];
  readonly duplicates: readonly (readonly [feature: string, neurons: readonly string[]])[];
}

const GRID = 30;
const DUPLICATES = 5;
/** Boxes of more neurons than these would be too narrow beside each other. */
const MOST_DUPLICATES = 8;

const shown = ({ neuron, feature }: NamedNeuron): Shown => [neuron, feature];

/** Chooses the neurons of all figures. */
export function chooseShown(model: string, named: readonly NamedNeuron[]): ShownNeurons {
  if (model === LISTED_MODEL) {
    return {
      chosenBy: "paper",
      main: MAIN_NEURONS,
      appendix: APPENDIX_NEURONS,
      suppression: [SUPPRESSION_NEURON],
      duplicates: DUPLICATE_FEATURES.map((feature) => {
        const own = CODE_NEURONS.filter((row) => row.feature === feature);
        return [feature, own.slice(0, MOST_DUPLICATES).map(({ neuron }) => neuron)] as const;
      }),
    };
  }
  const best = bestOfFeatures(named).map(shown);
  const suppressor = bestSuppressor(named);
  return {
    chosenBy: "scores",
    main: best.slice(0, 3),
    appendix: best.slice(0, GRID),
    suppression: suppressor ? [shown(suppressor)] : [],
    duplicates: duplicateFeatures(named).slice(0, DUPLICATES).map(({ feature, neurons }) =>
      [feature, neurons.slice(0, MOST_DUPLICATES).map(({ neuron }) => neuron)] as const
    ),
  };
}

/** Every neuron that is shown, once, in order of layer and index. */
export function shownNeurons(
  { main, appendix, suppression, duplicates }: ShownNeurons,
): Neuron[] {
  const names = [
    ...[...main, ...appendix, ...suppression].map(([neuron]) => neuron),
    ...duplicates.flatMap(([, neurons]) => neurons),
  ];
  return [...new Set(names)].map((name) => parseNeuron(name)!)
    .sort((a, b) => a.layer - b.layer || a.neuron - b.neuron);
}

/**
 * Neurons whose activations hang on the position: found, measured, beside the printed numbers.
 *
 * @module
 */
import type { GeluForm } from "../../device/graph.ts";
import { cannot } from "../../errors.ts";
import { nameOf } from "../neurons.ts";
import type { Activations } from "../cached/open_activations.ts";
import { LISTED_MODEL, POSITION_INFORMATION } from "./paper_lists.ts";
import { type PositionStatistics, positionStatistics } from "./position_information.ts";

/** A neuron with its statistics by position. */
export interface PositionNeuron extends PositionStatistics {
  readonly neuron: string;
}

/** The columns of a neuron table that the filter reads. */
export interface FilterColumns {
  readonly layer: ArrayLike<number>;
  readonly neuron: ArrayLike<number>;
  readonly kurt: ArrayLike<number>;
  readonly excess: ArrayLike<number>;
}

/** Names of neurons of smaller kurtosis and larger excess correlation than the borders. */
export function flatUniversal(
  { layer, neuron, kurt, excess }: FilterColumns,
  borders: { readonly kurt: number; readonly excess: number },
): string[] {
  return Array.from({ length: kurt.length }, (_, i) => i)
    .filter((i) => kurt[i]! < borders.kurt && excess[i]! > borders.excess)
    .map((i) => nameOf({ layer: layer[i]!, neuron: neuron[i]! }));
}

/** The GELU that activations were computed with. */
export function geluOfRun({ run }: Activations): GeluForm {
  const { gelu } = run.record.notes;
  if (gelu === "erf" || gelu === "tanh") return gelu;
  throw cannot("E-FILE-CORRUPT", {
    do: "read the GELU of",
    thing: run.directory,
    is: "not in the notes of its run.json",
    expected: "erf or tanh",
    hint: "deno task un:activations --force makes the run again",
  });
}

/**
 * Statistics of some neurons, those of most information first; one neuron's activations are held.
 *
 * @param names those of the activations; all of them when undefined.
 */
export async function positionNeurons(
  activations: Activations,
  names: readonly string[] | undefined,
  most: number,
): Promise<PositionNeuron[]> {
  const gelu = geluOfRun(activations);
  const T = activations.tokens.shape[1]!;
  const wanted = names && new Set(names);
  const found: PositionNeuron[] = [];
  for (const [place, neuron] of activations.neurons.entries()) {
    const name = nameOf(neuron);
    if (wanted && !wanted.has(name)) continue;
    const values = await activations.read(place);
    found.push({ neuron: name, ...positionStatistics(values, T, gelu) });
    if (found.length > 2 * most) keepBest(found, most);
  }
  keepBest(found, most);
  return found;
}

/** Keeps the best in place, so that what is held does not grow with the neurons. */
function keepBest(found: PositionNeuron[], most: number): void {
  found.sort((a, b) => b.information - a.information || (a.neuron < b.neuron ? -1 : 1));
  found.splice(most);
}

/** Half a unit of the last digit that the release prints, and what float16 activations may add. */
const ALLOWED = 1e-4;

/** The printed information of neurons beside the run's, on the paper's model. */
export function informationNumbers(model: string, found: readonly PositionNeuron[]) {
  if (model !== LISTED_MODEL) return [];
  return found.flatMap(({ neuron, information: value }) => {
    const paper = POSITION_INFORMATION[neuron];
    if (paper === undefined) return [];
    const verdict = Math.abs(value - paper) <= ALLOWED ? "pass" as const : "fail" as const;
    const note = "of pile.test.all-10m.512";
    return [{ name: `mutual information, ${neuron}`, value, paper, verdict, note }];
  });
}

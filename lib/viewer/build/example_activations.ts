/**
 * Activations around the examples of a summary, where the run kept them.
 *
 * @module
 */
import { elementCount, formatShape } from "../../array.ts";
import { cannot } from "../../errors.ts";
import type { SafetensorsFile } from "../../store/format/safetensors.ts";
import { type BlockReader, Rows } from "./neuron_blocks.ts";
import { lastDecimal, shownAt } from "./shown.ts";

/** Digits of an example's largest: these are most of a shard, and a colour needs no more. */
const DIGITS = 3;

const NAME = "max_activating_context";

/** Activations around one neuron's examples, best example first. */
export interface ExampleActivations {
  /** `[examples, 2·reach + 1]`, NaN where a row has no such token. */
  readonly values: ArrayLike<number>;
  /** Tokens on each side. */
  readonly reach: number;
}

/** Whether a file has activations around examples. */
export function hasActivations(file: SafetensorsFile): boolean {
  return file.names().includes(NAME);
}

/**
 * Reads `max_activating_context` `[L·F, examples, 2·reach + 1]`.
 *
 * @throws {NeuriteError} E-TENSOR-SHAPE for another shape.
 */
export function activationReader(
  file: SafetensorsFile,
  neurons: number,
): BlockReader<ExampleActivations> {
  const { shape, dtype } = file.info(NAME);
  const width = shape[2] ?? 0;
  if (shape.length !== 3 || shape[0] !== neurons || width % 2 === 0 || dtype === "I64") {
    throw cannot("E-TENSOR-SHAPE", {
      do: "show",
      thing: file.path,
      is: `${NAME} of ${dtype} ${formatShape(shape)}`,
      expected: `for each of ${neurons} neurons examples with as many tokens on either side`,
      hint: "make the run again with this version",
    });
  }
  const perNeuron = elementCount(shape.slice(1));
  return {
    bytesPerNeuron: 4 * perNeuron,
    async read(first, count) {
      const { data } = await file.readRows(NAME, first, count);
      const rows = new Rows(data, perNeuron);
      return (place) => ({ values: rows.of(place), reach: (width - 1) / 2 });
    },
  };
}

/**
 * Activations of the tokens `from` to `from + count` of an example, counted from its largest, all rounded
 * where that has its last digit; null where one is not known. Undefined where none was kept.
 */
export function activationsOf(
  { values, reach }: ExampleActivations,
  example: number,
  { from, count }: { from: number; count: number },
): (number | null)[] | undefined {
  const width = 2 * reach + 1;
  const start = example * width;
  if (start + width > values.length) return undefined;
  const first = from + reach;
  const [begin, end] = [Math.max(0, first), Math.min(width, first + count)];
  let most = -1;
  for (let place = begin; place < end; place++) {
    const size = Math.abs(values[start + place]!);
    if (size > most && size < Infinity) most = size;
  }
  // Nothing is known of an example that has no token.
  if (most < 0) return undefined;
  const digit = most === 0 ? 0 : lastDecimal(most, DIGITS);
  const found: (number | null)[] = [];
  for (let place = first; place < first + count; place++) {
    const value = place >= begin && place < end ? values[start + place]! : NaN;
    found.push(Number.isFinite(value) ? shownAt(value, digit) : null);
  }
  return found;
}

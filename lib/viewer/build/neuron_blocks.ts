/**
 * Arrays with a row a neuron, read some neurons at a time.
 *
 * @module
 */
import type { ArrayData } from "../../array.ts";
import { formatShape } from "../../array.ts";
import { cannot } from "../../errors.ts";
import type { SafetensorsFile } from "../../store/format/safetensors.ts";

/** What is made of one neuron, by its place in a block. */
export type OfNeuron<T> = (place: number) => T;

/** A part of what is shown, for a block of neurons at a time. */
export interface BlockReader<T> {
  /** Bytes that a neuron takes while its block is held. */
  readonly bytesPerNeuron: number;
  /** Reads neurons `first` to `first + count`. */
  read(first: number, count: number): Promise<OfNeuron<T>>;
}

/** Some rows of an array `[L·F, width]`. */
export class Rows {
  readonly #data: ArrayData;
  readonly #width: number;

  constructor(data: ArrayData, width: number) {
    this.#data = data;
    this.#width = width;
  }

  /** The numbers of one neuron, `[width]`, by its place in the block. */
  of(place: number): ArrayLike<number> {
    const { length } = this.#data;
    const [start, end] = [place * this.#width, (place + 1) * this.#width];
    if (end > length) {
      throw new RangeError(`Cannot read row "${place}": past the block, expected less`);
    }
    return this.#data.subarray(start, end) as Float32Array;
  }
}

/** An array's row width: elements a neuron. */
interface Width {
  readonly name: string;
  readonly width: number;
}

/** Arrays of one file, all `[L·F, …]`. */
export class NeuronArrays<Name extends string> {
  readonly #file: SafetensorsFile;
  readonly #widths: readonly Width[];

  /** Use {@linkcode neuronArrays}. */
  constructor(file: SafetensorsFile, widths: readonly Width[]) {
    this.#file = file;
    this.#widths = widths;
  }

  /** Bytes that a neuron's rows take. */
  get bytesPerNeuron(): number {
    return this.#widths.reduce((sum, { width }) => sum + 4 * width, 0);
  }

  /** Reads neurons `first` to `first + count`. */
  async read(first: number, count: number): Promise<Readonly<Record<Name, Rows>>> {
    const rows: [string, Rows][] = [];
    for (const { name, width } of this.#widths) {
      const { data } = await this.#file.readRows(name, first, count);
      rows.push([name, new Rows(data, width)]);
    }
    return Object.fromEntries(rows) as Record<Name, Rows>;
  }
}

/**
 * Checks that arrays of a file have a row a neuron, before any is read.
 *
 * @param widths elements a neuron by name; undefined for any number.
 * @throws {NeuriteError} E-TENSOR-SHAPE for other shapes; E-SAFETENSORS for an array that is not there.
 */
export function neuronArrays<Name extends string>(
  file: SafetensorsFile,
  neurons: number,
  widths: Readonly<Record<Name, number | undefined>>,
): NeuronArrays<Name> {
  const found = Object.entries<number | undefined>(widths).map(([name, expected]) => {
    const { shape, dtype } = file.info(name);
    const width = shape[1] ?? 1;
    const isRight = shape.length <= 2 && shape[0] === neurons && dtype !== "I64" &&
      (expected === undefined || width === expected);
    if (isRight) return { name, width };
    throw cannot("E-TENSOR-SHAPE", {
      do: "show",
      thing: file.path,
      is: `${name} of ${dtype} ${formatShape(shape)}`,
      expected: `one row for each of ${neurons} neurons` +
        (expected === undefined ? "" : `, of ${expected}`),
      hint: "make the run again with this version",
    });
  });
  return new NeuronArrays(file, found);
}

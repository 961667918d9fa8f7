/**
 * NumPy's `.npy` files, read as foreign input: the header is matched, never evaluated.
 *
 * Format: numpy/lib/format.py, versions 1.0 to 3.0.
 *
 * @module
 */
import { type ArrayData, elementCount, type HostArray } from "../../array.ts";
import { cannot, type NeuriteError } from "../../errors.ts";
import { ELEMENT_BYTES, type ElementType, readElements } from "./elements.ts";
import { quote } from "./quote.ts";
import { openRangeFile, type RangeFile } from "./range_file.ts";

const MAGIC = "\x93NUMPY";
/** NumPy itself refuses headers over 10,000 bytes. */
const MAX_HEADER_BYTES = 10_000;
/** As many as a typed array is sure to hold. */
const MAX_ELEMENTS = 2 ** 31;

const TYPES: ReadonlyMap<string, ElementType | "U16"> = new Map([
  ["<f8", "F64"],
  ["<f4", "F32"],
  ["<f2", "F16"],
  ["<i8", "I64"],
  ["<i4", "I32"],
  ["<i2", "I16"],
  ["|i1", "I8"],
  ["|u1", "U8"],
  ["|b1", "BOOL"],
  ["<u2", "U16"],
]);

/**
 * Reads a `.npy` file in the nearest host type that holds every value: uint16 as int32, float16 as
 * float32.
 *
 * @throws {NeuriteError} E-FILE-CORRUPT for what is no such file, or one of another type or of
 * Fortran's order; E-FILE-MISSING, E-FILE-PERMISSION.
 *
 * @example Usage
 * ```ts
 * import { readNpy } from "neurite/lib/store/format/npy.ts";
 *
 * const folder = "tests/fixtures/original/summary_data/tiny-a/activations/pile.test.one.16";
 * const { shape } = await readNpy(`${folder}/neuron_vocab_mean_ixs.npz.npy`);
 * if (shape.join() !== "2,6,4") throw new Error("unreachable");
 * ```
 */
export async function readNpy(path: string): Promise<HostArray> {
  await using file = await openRangeFile(path);
  const { header, position } = await readHeader(file);
  const descr = /'descr': *'([^']+)'/.exec(header)?.[1] ?? "";
  const type = TYPES.get(descr);
  const extents = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
  if (!type || extents === undefined || !/'fortran_order': *False\b/.test(header)) {
    throw corrupt(file.path, `header ${quote(header.trim())}`, "numbers in C order");
  }
  const shape = extents.split(",").filter((text) => text.trim() !== "").map(Number);
  const count = elementCount(shape);
  const bytes = type === "U16" ? 2 : ELEMENT_BYTES[type];
  if (!(count <= MAX_ELEMENTS) || position + count * bytes !== file.size) {
    throw corrupt(
      file.path,
      `${file.size - position} bytes of data`,
      `${count * bytes} for ${count} elements`,
    );
  }
  return { data: await readData(file, { type, position, count }), shape };
}

async function readData(
  file: RangeFile,
  { type, position, count }: { type: ElementType | "U16"; position: number; count: number },
): Promise<ArrayData> {
  if (type !== "U16") return await readElements(file, { type, position, count });
  const bits = new Uint16Array(count);
  await file.readInto(new Uint8Array(bits.buffer), position);
  return Int32Array.from(bits);
}

/** The header's text and where the data begins. */
async function readHeader(file: RangeFile): Promise<{ header: string; position: number }> {
  const start = new Uint8Array(Math.min(12, file.size));
  await file.readInto(start, 0);
  const isNpy = String.fromCharCode(...start.subarray(0, 6)) === MAGIC && start.length === 12;
  if (!isNpy) throw corrupt(file.path, "no .npy magic", "a file of numpy.save");
  const view = new DataView(start.buffer);
  const isShort = start[6] === 1;
  const length = isShort ? view.getUint16(8, true) : view.getUint32(8, true);
  const from = isShort ? 10 : 12;
  if (length > MAX_HEADER_BYTES || from + length > file.size) {
    throw corrupt(file.path, `a header of ${length} bytes`, `at most ${MAX_HEADER_BYTES} inside`);
  }
  const bytes = new Uint8Array(length);
  await file.readInto(bytes, from);
  return { header: new TextDecoder().decode(bytes), position: from + length };
}

function corrupt(path: string, is: string, expected: string): NeuriteError {
  return cannot("E-FILE-CORRUPT", {
    do: "read",
    thing: path,
    is,
    expected,
    hint: "save it again with numpy.save, or fetch it again and compare its sha256",
  });
}

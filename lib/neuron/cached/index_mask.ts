/**
 * Which positions of a corpus count, as an array of its file says.
 *
 * @module
 */
import { formatShape } from "../../array.ts";
import { cannot } from "../../errors.ts";
import { type AskedRows, type CorpusRows, readCorpusRows } from "../../model/corpus_rows.ts";
import { openSafetensors } from "../../store/format/safetensors.ts";

/** The rows of the file that `asked` takes, in their order. */
async function rowsTaken({ tokens, subset, rows }: AskedRows, count: number): Promise<number[]> {
  if (subset === undefined) return Array.from({ length: count }, (_, row) => row);
  const { subsets } = await readCorpusRows({ tokens }, []);
  const label = subsets!.names.indexOf(subset);
  return [...subsets!.ofRow.keys()].filter((row) => subsets!.ofRow[row] === label).slice(0, rows);
}

/**
 * The array `name` of the tokens file, whose elements other than 0 say that a position counts, for the
 * rows that were taken: u8 `[B·T]`, 0 or 1.
 *
 * @throws {NeuriteError} E-TOKENS when it is absent, of another shape than the tokens, not of whole
 * numbers, or a row taken has no position that counts.
 */
export async function readIndexMask(
  name: string,
  asked: AskedRows,
  { tokens }: CorpusRows,
): Promise<Uint8Array> {
  const [B, T] = tokens.shape as [number, number];
  await using file = await openSafetensors(asked.tokens);
  const refuse = (is: string, expected: string) =>
    cannot("E-TOKENS", {
      do: `read the mask "${name}" of`,
      thing: file.path,
      is,
      expected,
      hint: "write an array of 0 and 1 beside the tokens, [rows, ctx]",
    });
  if (!file.names().includes(name)) {
    throw refuse(`arrays ${file.names().join(", ")}`, `an array of that name`);
  }
  const shape = file.info("tokens").shape;
  const array = await file.read(name);
  const isWhole = !(array.data instanceof Float32Array || array.data instanceof Float64Array);
  if (!isWhole || formatShape(array.shape) !== formatShape(shape)) {
    const is = `${array.data.constructor.name} ${formatShape(array.shape)}`;
    throw refuse(is, `whole numbers or booleans ${formatShape(shape)}, as the tokens`);
  }
  const mask = new Uint8Array(B * T);
  for (const [row, place] of (await rowsTaken(asked, B)).entries()) {
    let counted = 0;
    for (let t = 0; t < T; t++) {
      counted += mask[row * T + t] = Number(Number(array.data[place * T + t]) !== 0);
    }
    if (counted === 0) throw refuse(`0 in all of row ${place}`, "a position that counts");
  }
  return mask;
}

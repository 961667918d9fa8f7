import { formatShape } from "../array.ts";
import { cannot } from "../errors.ts";
import { readSafetensors } from "../store/format/safetensors.ts";
import type { Tokens } from "./tokens.ts";

/**
 * Token rows of a safetensors file: the int32 (or int64) array of the first of some names that is
 * there, `[B, T]`.
 *
 * @throws {NeuriteError} E-TOKENS when the array is absent or not whole numbers in two axes; the
 * errors of the format.
 */
export async function readTokenRows(
  path: string,
  ...names: readonly [string, ...string[]]
): Promise<Tokens> {
  const arrays = await readSafetensors(path);
  const name = names.find((name) => Object.hasOwn(arrays, name)) ?? names[0];
  const array = Object.hasOwn(arrays, name) ? arrays[name] : undefined;
  const integers = array?.data instanceof Int32Array || array?.data instanceof BigInt64Array;
  if (!array || !integers || array.shape.length !== 2) {
    throw cannot("E-TOKENS", {
      do: `read ${name} of`,
      thing: path,
      is: array
        ? `${array.data.constructor.name} ${formatShape(array.shape)}`
        : `arrays ${Object.keys(arrays).join(", ") || "none"}`,
      expected: `int32 [B, T] under the name ${names.join(" or ")}`,
      hint: "write the token ids with safetensors under that name",
    });
  }
  const data = Int32Array.from(array.data as Int32Array, Number);
  // Wrapped to 32 bits, an impossible int64 id can become a possible one.
  const wrapped = data.findIndex((id, i) => id !== Number(array.data[i]));
  if (wrapped >= 0) {
    throw cannot("E-TOKENS", {
      do: `read ${name} of`,
      thing: path,
      is: `id ${array.data[wrapped]} at element ${wrapped}`,
      expected: "ids below 2³¹",
      hint: "write the token ids of a tokenizer",
    });
  }
  return { data, shape: array.shape };
}

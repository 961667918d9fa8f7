/**
 * One's own good and bad prompts (`--prompts F.safetensors`, design section 8).
 *
 * @module
 */
import { formatShape, type HostArray } from "../array.ts";
import { cannot } from "../errors.ts";
import { readSafetensors } from "../store/format/safetensors.ts";
import type { YearPrompts } from "./year_prompts.ts";

function complain(path: string, thing: string, is: string, expected: string) {
  return cannot("E-PROMPTS", {
    do: `use ${thing} of`,
    thing: path,
    is,
    expected,
    hint: "see docs/circuit_discovery.md for the arrays of a prompt file",
  });
}

/**
 * Reads prompts: `good_tokens`, `bad_tokens` int32 `[N, T]`, `YY` int32 `[N]`, `year_token_ids`
 * int32 `[100]`.
 *
 * @throws {NeuriteError} E-PROMPTS naming the array that is absent, misshapen, out of range or empty,
 * and for good prompts equal to their bad ones.
 */
export async function readYearPrompts(path: string): Promise<YearPrompts> {
  const arrays = await readSafetensors(path);
  const integers = (name: string, axes: number): HostArray<Int32Array> => {
    const array = arrays[name];
    if (!(array?.data instanceof Int32Array) || array.shape.length !== axes) {
      throw complain(
        path,
        name,
        array ? `${array.data.constructor.name} ${formatShape(array.shape)}` : "absent",
        `an int32 array of ${axes} ${axes === 1 ? "axis" : "axes"}`,
      );
    }
    return array as HostArray<Int32Array>;
  };
  const goodTokens = integers("good_tokens", 2);
  const badTokens = integers("bad_tokens", 2);
  const YY = integers("YY", 1);
  const yearTokenIds = integers("year_token_ids", 1);
  const [N, T] = goodTokens.shape as [number, number];
  const wanted: [string, HostArray, number[]][] = [
    ["bad_tokens", badTokens, [N, T]],
    ["YY", YY, [N]],
    ["year_token_ids", yearTokenIds, [100]],
  ];
  for (const [name, { shape }, expected] of wanted) {
    if (formatShape(shape) !== formatShape(expected)) {
      throw complain(path, name, formatShape(shape), formatShape(expected));
    }
  }
  if (N === 0 || T === 0) throw complain(path, "good_tokens", formatShape([N, T]), "prompts");
  const outside = YY.data.find((yy) => yy < 1 || yy > 98);
  if (outside !== undefined) {
    throw complain(
      path,
      "YY",
      String(outside),
      "start years from 1 to 98, with a year either side",
    );
  }
  const same = YY.data.findIndex((_, n) => {
    const row = (tokens: Int32Array) => tokens.subarray(n * T, (n + 1) * T).join();
    return row(goodTokens.data) === row(badTokens.data);
  });
  if (same >= 0) {
    throw complain(path, `row ${same}`, "good_tokens equal to bad_tokens", "prompts that differ");
  }
  return { goodTokens, badTokens, YY, yearTokenIds };
}

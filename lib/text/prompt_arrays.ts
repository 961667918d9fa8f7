import { elementCount, formatShape, type HostArray } from "../array.ts";
import { openSafetensors, type SafetensorsFile } from "../store/format/safetensors.ts";
import {
  isStartYear,
  type LabelPrompts,
  MOST_LABELS,
  MOST_NUMBERS,
  PROMPT_FILE_HINT,
  promptFault,
  type Prompts,
  YEAR_RANGE,
} from "./prompt_kinds.ts";
import type { YearPrompts } from "./year_prompts.ts";

type Integers = HostArray<Int32Array>;

const YEAR_ARRAYS = ["YY", "year_token_ids"] as const;
const LABEL_ARRAYS = ["label_token_ids", "label_signs"] as const;

function fault(file: SafetensorsFile, part: string, is: string, expected: string) {
  return promptFault(file.path, part, { is, expected, hint: PROMPT_FILE_HINT });
}

/** An int32 or int64 array of so many axes, as int32. */
async function readIntegers(file: SafetensorsFile, name: string, axes: 1 | 2): Promise<Integers> {
  const expected = `an int32 array of ${axes} ${axes === 1 ? "axis" : "axes"}`;
  if (!file.names().includes(name)) throw fault(file, name, "absent", expected);
  const { shape } = file.info(name);
  if (elementCount(shape) > MOST_NUMBERS) {
    throw fault(file, name, formatShape(shape), `at most ${MOST_NUMBERS} numbers`);
  }
  const { data } = await file.read(name);
  const whole = data instanceof Int32Array || data instanceof BigInt64Array;
  if (!whole || shape.length !== axes) {
    throw fault(file, name, `${data.constructor.name} ${formatShape(shape)}`, expected);
  }
  if (data instanceof Int32Array) return { data, shape };
  const narrow = Int32Array.from(data, Number);
  // Wrapped to 32 bits, an impossible id can become a possible one.
  const wrapped = data.findIndex((value, i) => value !== BigInt(narrow[i]!));
  if (wrapped < 0) return { data: narrow, shape };
  throw fault(file, name, `${data[wrapped]} at element ${wrapped}`, "numbers of 32 bits");
}

function checkShape(file: SafetensorsFile, name: string, { shape }: Integers, expected: number[]) {
  if (formatShape(shape) === formatShape(expected)) return;
  throw fault(file, name, formatShape(shape), formatShape(expected));
}

function checkIds(file: SafetensorsFile, name: string, { data }: Integers): void {
  const negative = data.find((id) => id < 0);
  if (negative !== undefined) throw fault(file, name, `token ${negative}`, "token ids from 0");
  const seen = new Set<number>();
  const twice = data.find((id) => seen.size === seen.add(id).size);
  if (twice !== undefined) throw fault(file, name, `token ${twice} twice`, "different tokens");
}

interface Pairs {
  readonly goodTokens: Integers;
  readonly badTokens: Integers;
}

function checkPairs(file: SafetensorsFile, { goodTokens, badTokens }: Pairs): void {
  const [N, T] = goodTokens.shape as [number, number];
  if (N === 0 || T === 0) throw fault(file, "good_tokens", formatShape([N, T]), "prompts");
  const rows = Array.from({ length: N }, (_, n) => n);
  const same = rows.find((n) => {
    const good = goodTokens.data.subarray(n * T, (n + 1) * T);
    return good.every((token, t) => token === badTokens.data[n * T + t]);
  });
  if (same === undefined) return;
  throw fault(file, `row ${same}`, "good_tokens equal to bad_tokens", "prompts that differ");
}

async function readPairs(file: SafetensorsFile): Promise<Pairs> {
  return {
    goodTokens: await readIntegers(file, "good_tokens", 2),
    badTokens: await readIntegers(file, "bad_tokens", 2),
  };
}

async function readYears(file: SafetensorsFile): Promise<YearPrompts> {
  const pairs = await readPairs(file);
  const YY = await readIntegers(file, "YY", 1);
  const yearTokenIds = await readIntegers(file, "year_token_ids", 1);
  checkShape(file, "bad_tokens", pairs.badTokens, [...pairs.goodTokens.shape]);
  checkShape(file, "YY", YY, [pairs.goodTokens.shape[0]!]);
  checkShape(file, "year_token_ids", yearTokenIds, [100]);
  const outside = YY.data.find((year) => !isStartYear(year));
  if (outside !== undefined) {
    throw fault(file, "YY", String(outside), `start years ${YEAR_RANGE}`);
  }
  checkPairs(file, pairs);
  checkIds(file, "year_token_ids", yearTokenIds);
  return { ...pairs, YY, yearTokenIds };
}

function checkSigns(file: SafetensorsFile, { data, shape }: Integers): void {
  const [N, C] = shape as [number, number];
  for (let n = 0; n < N; n++) {
    const row = data.subarray(n * C, (n + 1) * C);
    const odd = row.find((sign) => Math.abs(sign) > 1);
    if (odd !== undefined) {
      throw fault(file, "label_signs", `${odd} in row ${n}`, "1 right, −1 wrong, 0 neither");
    }
    const missing = row.includes(1) ? (row.includes(-1) ? undefined : "wrong") : "right";
    if (missing === undefined) continue;
    throw fault(
      file,
      "label_signs",
      `row ${n} without a ${missing} label`,
      "at least one right (1) and one wrong (−1) label a row",
    );
  }
}

async function readLabels(file: SafetensorsFile): Promise<LabelPrompts> {
  const pairs = await readPairs(file);
  const labelTokenIds = await readIntegers(file, "label_token_ids", 1);
  const labelSigns = await readIntegers(file, "label_signs", 2);
  const [N, C] = [pairs.goodTokens.shape[0]!, labelTokenIds.data.length];
  checkShape(file, "bad_tokens", pairs.badTokens, [...pairs.goodTokens.shape]);
  if (C < 2 || C > MOST_LABELS) {
    throw fault(file, "label_token_ids", `${C} labels`, `2 to ${MOST_LABELS}`);
  }
  checkShape(file, "label_signs", labelSigns, [N, C]);
  checkPairs(file, pairs);
  checkIds(file, "label_token_ids", labelTokenIds);
  checkSigns(file, labelSigns);
  return { ...pairs, labelTokenIds, labelSigns };
}

/**
 * Prompts from the arrays of a safetensors file, int32 or int64; other arrays are not read.
 *
 * @throws {NeuriteError} E-PROMPTS naming the array that is absent, misshapen, out of range, empty or
 * repetitive, and for good prompts equal to their bad ones; the errors of the format.
 */
export async function readPromptArrays(path: string): Promise<Prompts> {
  await using file = await openSafetensors(path);
  const present = new Set(file.names());
  const labels = LABEL_ARRAYS.filter((name) => present.has(name));
  const years = YEAR_ARRAYS.filter((name) => present.has(name));
  if (labels.length === 0) return await readYears(file);
  if (years.length === 0) return await readLabels(file);
  throw fault(
    file,
    labels[0]!,
    `beside ${years[0]}`,
    `${YEAR_ARRAYS.join(" and ")}, or ${LABEL_ARRAYS.join(" and ")}`,
  );
}

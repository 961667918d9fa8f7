import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { type ArrayData, elementCount, type HostArray } from "../array.ts";
import { writeAtomic } from "../store/atomic.ts";
import { encodeSafetensors } from "../store/format/safetensors.ts";
import { readPromptArrays } from "./prompt_arrays.ts";

type Arrays = Record<string, HostArray | undefined>;

function ints(data: number[], shape = [data.length]): HostArray<Int32Array> {
  return { data: Int32Array.from(data), shape };
}

/** Two pairs of two tokens with three labels. */
const ARRAYS: Arrays = {
  "good_tokens": ints([1, 2, 3, 4], [2, 2]),
  "bad_tokens": ints([1, 7, 3, 8], [2, 2]),
  "label_token_ids": ints([5, 6, 9]),
  "label_signs": ints([1, -1, 0, 0, -1, 1], [2, 3]),
};

const PROMPTS = {
  goodTokens: ARRAYS.good_tokens,
  badTokens: ARRAYS.bad_tokens,
  labelTokenIds: ARRAYS.label_token_ids,
  labelSigns: ARRAYS.label_signs,
};

async function withFile(changes: Arrays, check: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "prompts.safetensors");
    const kept = Object.entries({ ...ARRAYS, ...changes })
      .filter((entry): entry is [string, HostArray] => entry[1] !== undefined);
    await writeAtomic(path, encodeSafetensors(Object.fromEntries(kept)));
    await check(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const wide = ({ data, shape }: HostArray<ArrayData>): HostArray => ({
  data: BigInt64Array.from(data as Int32Array, BigInt),
  shape,
});

Deno.test("readPromptArrays() gives back labelled prompts, of 32 or 64 bits", async () => {
  await withFile({}, async (path) => assert.deepEqual(await readPromptArrays(path), PROMPTS));
  const all = Object.fromEntries(Object.entries(ARRAYS).map(([name, a]) => [name, wide(a!)]));
  await withFile(all, async (path) => assert.deepEqual(await readPromptArrays(path), PROMPTS));
});

Deno.test("readPromptArrays() reads year prompts of 64 bits as those of 32", async () => {
  const years = {
    "label_token_ids": undefined,
    "label_signs": undefined,
    YY: ints([1, 98]),
    "year_token_ids": ints(Array.from({ length: 100 }, (_, i) => 100 + i)),
  };
  const expected = {
    goodTokens: PROMPTS.goodTokens,
    badTokens: PROMPTS.badTokens,
    YY: years.YY,
    yearTokenIds: years.year_token_ids,
  };
  await withFile(years, async (path) => assert.deepEqual(await readPromptArrays(path), expected));
  const both = { ...years, YY: wide(years.YY), "year_token_ids": wide(years.year_token_ids) };
  await withFile(both, async (path) => assert.deepEqual(await readPromptArrays(path), expected));
});

Deno.test("readPromptArrays() names the array that is wrong, and how", async () => {
  const refused: [Arrays, string][] = [
    [{ "label_signs": undefined }, "label_signs of .+: absent, expected an int32 array of 2 axes"],
    [{ "label_token_ids": undefined }, "label_token_ids of .+: absent"],
    [{ YY: ints([3, 4]) }, "label_token_ids of .+: beside YY, expected YY and year_token_ids, or"],
    [{ "label_token_ids": ints([5], [1]) }, "label_token_ids of .+: 1 labels, expected 2 to"],
    [{ "label_token_ids": ints([5, 6, 5]) }, "label_token_ids of .+: token 5 twice, expected"],
    [
      { "label_token_ids": ints([5, -6, 9]) },
      "label_token_ids of .+: token -6, expected token ids",
    ],
    [{ "label_token_ids": ints([5, 6]) }, "label_signs of .+: \\[2, 3\\], expected \\[2, 2\\]"],
    [
      { "label_signs": ints([1, -1, 0, 0, 2, 1], [2, 3]) },
      "label_signs of .+: 2 in row 1, expected 1 right, −1 wrong, 0 neither",
    ],
    [
      { "label_signs": ints([1, -1, 0, 0, 1, 1], [2, 3]) },
      "label_signs of .+: row 1 without a wrong label, expected at least one right",
    ],
    [
      { "label_signs": ints([0, -1, 0, 0, -1, 1], [2, 3]) },
      "label_signs of .+: row 0 without a right label",
    ],
    [{ "bad_tokens": ints([1, 7, 3, 4], [2, 2]) }, "row 1 of .+: good_tokens equal to bad_tokens"],
    [{ "bad_tokens": ints([1, 7], [1, 2]) }, "bad_tokens of .+: \\[1, 2\\], expected \\[2, 2\\]"],
    [
      { "good_tokens": { data: BigInt64Array.of(1n, 2n, 2n ** 32n + 3n, 4n), shape: [2, 2] } },
      "good_tokens of .+: 4294967299 at element 2, expected numbers of 32 bits",
    ],
  ];
  for (const [changes, message] of refused) {
    await withFile(changes, async (path) => {
      await assert.rejects(readPromptArrays(path), {
        code: "E-PROMPTS",
        message: new RegExp(`^Cannot use ${message}`),
      });
    });
  }
});

Deno.test("readPromptArrays() gives back any sound signs", async () => {
  const rows = fc.array(
    fc.array(fc.constantFrom(-1, 0, 1), { minLength: 2, maxLength: 2 })
      .map((signs) => [1, ...signs, -1]),
    { minLength: 1, maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(rows, async (signs) => {
      const N = signs.length;
      const tokens = Array.from({ length: N }, (_, i) => i);
      const labelSigns = ints(signs.flat(), [N, 4]);
      const changes = {
        "good_tokens": ints(tokens, [N, 1]),
        "bad_tokens": ints(tokens.map((token) => token + 1), [N, 1]),
        "label_token_ids": ints([0, 1, 2, 3]),
        "label_signs": labelSigns,
      };
      await withFile(changes, async (path) => {
        const read = await readPromptArrays(path);
        assert.ok("labelSigns" in read);
        assert.deepEqual(read.labelSigns, labelSigns);
        assert.equal(elementCount(read.goodTokens.shape), N);
      });
    }),
    { numRuns: 20 },
  );
});

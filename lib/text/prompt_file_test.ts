import assert from "node:assert/strict";
import { join } from "node:path";
import type { HostArray } from "../array.ts";
import { openTokenizer } from "../model/tokenizer.ts";
import { writeAtomic } from "../store/atomic.ts";
import { encodeSafetensors } from "../store/format/safetensors.ts";
import { readPrompts, readYearPrompts } from "./prompt_file.ts";
import { makeYearPrompts } from "./year_prompts.ts";

const EXAMPLE = "cache/inputs/ioi_prompts.jsonl";
const prompts = makeYearPrompts(await openTokenizer("cache/models/tiny-gpt2-a"), { count: 3 });
const ARRAYS: Record<string, HostArray> = {
  "good_tokens": prompts.goodTokens,
  "bad_tokens": prompts.badTokens,
  YY: prompts.YY,
  "year_token_ids": prompts.yearTokenIds,
};

/** Writes the prompts with some arrays changed, or left out where `undefined`. */
async function withPrompts(
  changes: Record<string, HostArray | undefined>,
  check: (path: string) => Promise<void>,
): Promise<void> {
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

const ints = (shape: number[], fill: number): HostArray<Int32Array> => ({
  data: new Int32Array(shape.reduce((a, b) => a * b, 1)).fill(fill),
  shape,
});

Deno.test("readYearPrompts() gives back the prompts that were written", async () => {
  await withPrompts({}, async (path) => assert.deepEqual(await readYearPrompts(path), prompts));
  const extra = { notes: { data: Float32Array.of(1), shape: [1] } };
  await withPrompts(extra, async (path) => assert.deepEqual(await readYearPrompts(path), prompts));
});

Deno.test("readYearPrompts() names the array that is wrong, and how", async () => {
  const [N, T] = prompts.goodTokens.shape as [number, number];
  const real = { data: Float32Array.from(prompts.YY.data), shape: [N] };
  const axes = (count: string) => `expected an int32 array of ${count}`;
  const refused: [Record<string, HostArray | undefined>, string, string][] = [
    ...Object.keys(ARRAYS).map((
      name,
    ): [Record<string, HostArray | undefined>, string, string] => [
      { [name]: undefined },
      name,
      `absent, ${axes(name.endsWith("tokens") ? "2 axes" : "1 axis")}`,
    ]),
    [{ YY: real }, "YY", `Float32Array [3], ${axes("1 axis")}`],
    [{ YY: ints([N, 1], 5) }, "YY", `Int32Array [3, 1], ${axes("1 axis")}`],
    [{ "good_tokens": ints([N * T], 5) }, "good_tokens", `Int32Array [39], ${axes("2 axes")}`],
    [
      { "good_tokens": { data: new Float32Array(N * T), shape: [N, T] } },
      "good_tokens",
      `Float32Array [3, 13], ${axes("2 axes")}`,
    ],
    [{ "bad_tokens": ints([N, T - 1], 5) }, "bad_tokens", "[3, 12], expected [3, 13]"],
    [{ YY: ints([N + 1], 5) }, "YY", "[4], expected [3]"],
    [{ "year_token_ids": ints([99], 5) }, "year_token_ids", "[99], expected [100]"],
    [
      { "good_tokens": ints([0, T], 0), "bad_tokens": ints([0, T], 0), YY: ints([0], 0) },
      "good_tokens",
      "[0, 13], expected prompts",
    ],
    [
      { "good_tokens": ints([N, 0], 0), "bad_tokens": ints([N, 0], 0) },
      "good_tokens",
      "[3, 0], expected prompts",
    ],
    ...[-1, 0, 99].map((yy): [Record<string, HostArray>, string, string] => [
      { YY: { data: Int32Array.of(41, yy, 42), shape: [N] } },
      "YY",
      `${yy}, expected start years from 1 to 98, with a year either side`,
    ]),
    [
      { "year_token_ids": ints([100], 5) },
      "year_token_ids",
      "token 5 twice, expected different tokens",
    ],
    [
      { "bad_tokens": prompts.goodTokens },
      "row 0",
      "good_tokens equal to bad_tokens, expected prompts that differ",
    ],
  ];
  for (const [changes, thing, rest] of refused) {
    await withPrompts(changes, async (path) => {
      await assert.rejects(readYearPrompts(path), {
        code: "E-PROMPTS",
        message: `Cannot use ${thing} of "${path}": ${rest}`,
      });
    });
  }
});

Deno.test("readYearPrompts() takes the start years at both ends", async () => {
  const YY = { data: Int32Array.of(1, 98, 50), shape: [3] };
  await withPrompts({ YY }, async (path) => {
    assert.deepEqual((await readYearPrompts(path)).YY, YY);
  });
});

Deno.test("readYearPrompts() finds the one row whose prompts are the same", async () => {
  const T = prompts.goodTokens.shape[1]!;
  const data = prompts.badTokens.data.slice();
  data.set(prompts.goodTokens.data.subarray(T, 2 * T), T);
  await withPrompts({ "bad_tokens": { data, shape: [3, T] } }, async (path) => {
    await assert.rejects(readYearPrompts(path), /Cannot use row 1 of/);
  });
});

Deno.test("readYearPrompts() refuses a file that is no safetensors", async () => {
  await assert.rejects(readYearPrompts("deno.json"), { code: "E-SAFETENSORS" });
  await assert.rejects(readYearPrompts("no/such/file"), { code: "E-FILE-MISSING" });
});

Deno.test("readYearPrompts() refuses labels that are no years", async () => {
  const labels = {
    YY: undefined,
    "year_token_ids": undefined,
    "label_token_ids": { data: Int32Array.of(1, 2), shape: [2] },
    "label_signs": { data: Int32Array.of(1, -1, 1, -1, 1, -1), shape: [3, 2] },
  };
  await withPrompts(labels, async (path) => {
    await assert.rejects(readYearPrompts(path), /label_token_ids of .+: labels that are not years/);
  });
});

Deno.test("readPrompts() reads arrays without a tokenizer, and text by it", async () => {
  const none = () => Promise.reject(new Error("no tokenizer was asked for"));
  await withPrompts({}, async (path) => assert.deepEqual(await readPrompts(path, none), prompts));
  await assert.rejects(readPrompts(EXAMPLE, none), /no tokenizer was asked for/);
  await assert.rejects(readPrompts("no/such/file.jsonl", none), { code: "E-FILE-MISSING" });
});

Deno.test("readPrompts() reads the example: twenty pairs that differ in the giver alone", async () => {
  const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");
  const read = await readPrompts(EXAMPLE, () => Promise.resolve(tokenizer));
  assert.ok("labelTokenIds" in read);
  const { goodTokens, badTokens, labelTokenIds, labelSigns } = read;
  assert.deepEqual([goodTokens.shape, labelSigns.shape], [[20, 15], [20, 5]]);
  const [T, C] = [15, 5];
  for (let n = 0; n < 20; n++) {
    const [good, bad] = [goodTokens, badTokens].map(({ data }) => data.subarray(n * T, n * T + T));
    const differing = [...good!.keys()].filter((t) => good![t] !== bad![t]);
    assert.deepEqual(differing, [10]);
    const signs = [...labelSigns.data.subarray(n * C, n * C + C)];
    // The giver of the good prompt is the wrong answer, the giver of the bad one the right answer.
    assert.equal(labelTokenIds.data[signs.indexOf(-1)], good![10]);
    assert.equal(labelTokenIds.data[signs.indexOf(1)], bad![10]);
  }
});

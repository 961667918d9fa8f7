import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { NeuriteError } from "../errors.ts";
import { readPromptLines } from "./prompt_lines.ts";

async function withText(
  content: string | Uint8Array,
  check: (path: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "prompts.jsonl");
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(path, bytes);
    await check(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const PAIR = { good: "from 1732 to 17", bad: "from 1701 to 17" };
const LINE = JSON.stringify({ ...PAIR, year: 32 });
const LABELS = { good: "a", bad: "b", right: [" x"], wrong: [" y", " z"] };

Deno.test("readPromptLines() reads year lines, and leaves empty ones out", async () => {
  await withText(`\n${LINE}\r\n\n${JSON.stringify({ ...PAIR, year: 1 })}`, async (path) => {
    assert.deepEqual(await readPromptLines(path), {
      kind: "year",
      lines: [{ line: 2, ...PAIR, year: 32 }, { line: 4, ...PAIR, year: 1 }],
    });
  });
});

Deno.test("readPromptLines() reads lines with labels", async () => {
  await withText(JSON.stringify(LABELS), async (path) => {
    assert.deepEqual(await readPromptLines(path), {
      kind: "label",
      lines: [{ line: 1, ...LABELS }],
    });
  });
});

Deno.test("readPromptLines() names the line that is wrong, and how", async () => {
  const second = (fields: unknown) => `${LINE}\n${JSON.stringify(fields)}\n`;
  const year = (year: unknown) => second({ ...PAIR, year });
  const refused: [string | Uint8Array, string][] = [
    ["", "lines of .+: no prompt, expected one prompt a line"],
    ["\n \n", "lines of .+: no prompt, expected one prompt a line"],
    [Uint8Array.of(0x7b, 0xff, 0x7d), "lines of .+: bytes that are no UTF-8, expected UTF-8 text"],
    ["good,bad,year\n", 'line 1 of .+: not JSON: "good,bad,year", expected an object {"good", '],
    [`${LINE}\n{"good":`, 'line 2 of .+: not JSON: "{\\\\"good\\\\":", expected an object'],
    ["[1]", 'line 1 of .+: no JSON object: "\\[1\\]", expected an object'],
    ["null", 'line 1 of .+: no JSON object: "null"'],
    [second({ good: "a", year: 3 }), "line 2 of .+: no bad, expected an object"],
    [
      second({ good: "", bad: "b", year: 3 }),
      "line 2 of .+: good that is an empty text, expected a",
    ],
    [
      second({ good: 7, bad: "b", year: 3 }),
      "line 2 of .+: good that is a number, expected a text",
    ],
    [
      year(99),
      "line 2 of .+: year 99, expected a whole number from 1 to 98, with a year either side",
    ],
    [year(0), "line 2 of .+: year 0, expected a whole number"],
    [year(3.5), "line 2 of .+: year 3.5, expected a whole number"],
    [year("32"), "line 2 of .+: year that is a text, expected a whole number"],
    [year(null), "line 2 of .+: year that is null, expected a whole number"],
    [
      second({ ...PAIR, yaer: 3 }),
      'line 2 of .+: field "yaer", expected fields good, bad, year, right, wrong, nearest is "year"',
    ],
    [
      '{"good":"a","bad":"b","year":3,"good":"c"}',
      'line 1 of .+: field "good" twice, expected each field once',
    ],
    [
      second({ ...PAIR, year: 3, right: ["a"] }),
      "line 2 of .+: year beside right, expected year, or",
    ],
    [second(PAIR), "line 2 of .+: no right, expected an object"],
    [
      second({ ...LABELS, wrong: [] }),
      "line 2 of .+: wrong that is an empty list, expected a list",
    ],
    [second({ ...LABELS, right: " x" }), "line 2 of .+: right that is a text, expected a list"],
    [second({ ...LABELS, right: [3] }), "line 2 of .+: right that is a list of other things"],
    [second({ ...LABELS, wrong: undefined }), "line 2 of .+: no wrong, expected an object"],
    [second(LABELS), "line 2 of .+: a line with labels, expected year as in line 1"],
  ];
  for (const [content, message] of refused) {
    await withText(content, async (path) => {
      await assert.rejects(readPromptLines(path), {
        code: "E-PROMPTS",
        message: new RegExp(`^Cannot use ${message}`),
      });
    });
  }
});

Deno.test("readPromptLines() shows what a terminal would obey, and cuts it", async () => {
  await withText(`\u001b[2J${"a".repeat(1000)}`, async (path) => {
    await assert.rejects(readPromptLines(path), ({ message }: Error) => {
      assert.match(message, /\\u\{1b\}\[2Ja{10,120}…"/);
      return message.length < 500;
    });
  });
});

Deno.test("readPromptLines() refuses a file over 64 MiB without reading it", async () => {
  await withText("", async (path) => {
    await Deno.truncate(path, 64 * 2 ** 20 + 1);
    await assert.rejects(readPromptLines(path), {
      code: "E-PROMPTS",
      message: /: 67108865 bytes, expected at most 67108864 bytes$/,
    });
  });
});

Deno.test("readPromptLines() reads or refuses by code when bytes change", async () => {
  const sound = new TextEncoder().encode(`${LINE}\n${LINE}\n`);
  const change = fc.tuple(fc.nat(sound.length - 1), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const mutant = sound.slice();
      for (const [at, value] of changes) mutant[at] = value;
      await withText(mutant, async (path) => {
        await readPromptLines(path).catch((error) => {
          assert.ok(error instanceof NeuriteError, error.stack);
          assert.match(error.message, /^Cannot use lines? .*of ".+": .+, expected .+[^.\s]$/s);
        });
      });
    }),
    { numRuns: 60 },
  );
});

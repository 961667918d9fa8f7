import assert from "node:assert/strict";
import { gpt2Tokenizer } from "../../tests/gpt2_tokenizer.ts";
import { openTokenizer, type TextTokenizer } from "../model/tokenizer.ts";
import { makeSequencePrompts, SEQUENCE_TASKS, type SequencePrompts } from "./sequence_tasks.ts";
import { centuryOf, validYears } from "./years.ts";

const embedded = await openTokenizer("cache/models/tiny-gpt2-a");
const PROMPTS = SEQUENCE_TASKS.map(({ id }) => makeSequencePrompts(gpt2Tokenizer, id, { seed: 3 }));

/** T, position of YY and direction with GPT-2's tokenizer (spec/greater_than section 3.6). */
const TABLE: [number, number, "greater" | "less"][] = [
  [15, 8, "greater"],
  [18, 6, "greater"],
  [17, 14, "greater"],
  [17, 14, "less"],
  [17, 14, "greater"],
  [7, 2, "greater"],
  [15, 8, "less"],
  [14, 8, "less"],
  [14, 10, "greater"],
  [16, 13, "greater"],
];

/** Rows of task 7 whose year GPT-2 does not split: 702, 720, …, 780. */
const REPLACED = [0, 18, 35, 45, 48, 58, 66, 68, 75, 78];

function row({ goodTokens, badTokens }: SequencePrompts, n: number) {
  const T = goodTokens.shape[1]!;
  const cut = ({ data }: { data: Int32Array }) => [...data.subarray(n * T, n * T + T)];
  const [good, bad] = [cut(goodTokens), cut(badTokens)];
  return { good, bad, different: good.flatMap((id, t) => id === bad[t] ? [] : [t]) };
}

/** The sentences of a task, decoded. */
function sentences(id: number, tokenizer = gpt2Tokenizer, prompts = PROMPTS[id]!) {
  return Array.from({ length: 97 }, (_, n) => {
    const { good, bad } = row(prompts, n);
    return { good: tokenizer.decode(good), bad: tokenizer.decode(bad) };
  });
}

const ROWS = Array.from({ length: 97 }, (_, n) => n);

Deno.test("makeSequencePrompts() has the lengths and positions of the original with GPT-2's tokenizer", () => {
  PROMPTS.forEach(({ goodTokens, badTokens, positions, direction }, id) => {
    const [T, YY, wanted] = TABLE[id]!;
    assert.deepEqual([goodTokens.shape, badTokens.shape], [[97, T], [97, T]], `task ${id}`);
    assert.deepEqual(positions, { YY, END: T - 1 }, `task ${id}`);
    assert.deepEqual([direction, SEQUENCE_TASKS[id]!.direction], [wanted, wanted], `task ${id}`);
  });
});

Deno.test("makeSequencePrompts() has YY from 02 to 98 in order, and <|endoftext|>, but in task 9", () => {
  PROMPTS.forEach((prompts, id) => {
    assert.deepEqual(prompts.YY.shape, [97]);
    const ordered = prompts.YY.data.every((yy, n) => yy === n + 2);
    const marked = ROWS.map((n) => row(prompts, n).good[0] === 50256);
    assert.equal(ordered, id !== 9, `task ${id}`);
    assert.deepEqual(new Set(marked), new Set([id !== 9]), `task ${id}`);
  });
});

Deno.test("makeSequencePrompts() has a bad year of 01 or 99 where the good prompt has YY", () => {
  PROMPTS.forEach((prompts, id) => {
    const { positions, yearTokenIds } = prompts;
    const wrong = yearTokenIds.data[prompts.direction === "less" ? 99 : 1];
    for (const n of ROWS) {
      const { good, bad } = row(prompts, n);
      const ten = id === 9 && good.at(-1) === 838;
      const written = id === 7 && REPLACED.includes(n) ? n + 3 : prompts.YY.data[n]!;
      assert.equal(good[positions.YY], yearTokenIds.data[written], `task ${id}, row ${n}`);
      // GPT-2 splits 1001 as 100|1.
      assert.equal(bad[positions.YY], ten ? 16 : wrong, `task ${id}, row ${n}`);
    }
  });
});

Deno.test("makeSequencePrompts() has pairs that differ only in the year, but for tasks 1, 4 and 9", () => {
  PROMPTS.forEach((prompts, id) => {
    for (const n of ROWS) {
      const { good, different } = row(prompts, n);
      const at = prompts.positions.YY;
      if (id === 1) assert.deepEqual(different, [6, 11]);
      else if (id === 4) assert.ok(different.includes(at) && different.length <= 9);
      else if (id === 9 && good.at(-1) === 838) assert.deepEqual(different, [12, 13]);
      else assert.deepEqual(different, [at], `task ${id}, row ${n}`);
    }
  });
  const most = Math.max(...ROWS.map((n) => row(PROMPTS[4]!, n).different.length));
  assert.equal(most, 9);
});

Deno.test("makeSequencePrompts() writes the sentences of the original", () => {
  // Row 39 has YY 41; 1 for what stands in place of a noun or an item.
  const wanted: [string, string][] = [
    [
      "The 1 started in the year 1741 and ended in the year 17",
      "The 1 started in the year 1701 and ended in the year 17",
    ],
    [
      "The 1 happened in 1741. Some years later, it is now the year 17",
      "The 1 happened in 1701. Some years later and it is now the year 17",
    ],
    ["1599, 1607, 1633, 1679, 1741, 17", "1599, 1607, 1633, 1679, 1701, 17"],
    ["1799, 1753, 1733, 1701, 1641, 16", "1799, 1753, 1733, 1701, 1699, 16"],
    ["1733, 1735, 1737, 1739, 1741, 17", "1693, 1695, 1697, 1699, 1701, 17"],
    ["1741 is smaller than 17", "1701 is smaller than 17"],
    [
      "The 1 ended in the year 1741 and started in the year 17",
      "The 1 ended in the year 1799 and started in the year 17",
    ],
    [
      "The 1 lasted from the year 741 BC to the year 7",
      "The 1 lasted from the year 799 BC to the year 7",
    ],
    ["The price of that plant ranges from $ 1741 to $ 17", ""],
  ];
  wanted.forEach(([good, bad], id) => {
    const found = sentences(id)[39]!;
    const plain = (text: string) =>
      text.replace("<|endoftext|> ", "").replace(/^The (?!price)\w+/, "The 1");
    assert.equal(plain(found.good), good);
    assert.equal(plain(found.bad), bad || good.replace("1741", "1701"));
  });
});

Deno.test("SEQUENCE_TASKS have an example that reads like a prompt, and say what is odd", () => {
  SEQUENCE_TASKS.forEach(({ id, title, example, note }, index) => {
    assert.equal(id, index);
    assert.ok(title.length > 0 && note.length > 0);
    const shape = (text: string) => text.replace("<|endoftext|> ", "").replace(/\d/g, "0");
    const words = (text: string) => text.replace(/^The (price of that )?\w+/, "$1");
    const typical = words(shape(sentences(id)[30]!.good));
    assert.equal(words(shape(example)), typical, title);
    assert.match(example, /32/);
  });
  assert.equal(new Set(SEQUENCE_TASKS.map(({ title }) => title)).size, 10);
});

Deno.test("makeSequencePrompts() steps as often by each number as the original in task 4", () => {
  const steps = sentences(4).map(({ good }) => {
    const years = [...good.matchAll(/\d{4}/g)].map(Number);
    const gaps = new Set(years.slice(1).map((year, i) => year - years[i]!));
    assert.deepEqual([years.length, gaps.size], [5, 1], good);
    assert.deepEqual(years.filter((year) => year % 100 === 0), [], good);
    return [...gaps][0]!;
  });
  const counts = [2, 3, 4, 5, 6, 7].map((step) => steps.filter((each) => each === step).length);
  assert.deepEqual(counts, [48, 33, 8, 7, 0, 1]);
});

Deno.test("makeSequencePrompts() replaces the rows of whole years by their next rows in task 7", () => {
  const prompts = PROMPTS[7]!;
  const whole = ROWS.filter((n) =>
    gpt2Tokenizer.encode(` 7${String(n + 2).padStart(2, "0")}`).length === 1
  );
  assert.deepEqual(whole, REPLACED);
  for (const n of ROWS.slice(0, -1)) {
    const [own, next] = [row(prompts, n), row(prompts, n + 1)];
    const same = own.good.join() === next.good.join() && own.bad.join() === next.bad.join();
    assert.equal(same, REPLACED.includes(n), `row ${n}`);
    assert.equal(prompts.YY.data[n], n + 2);
  }
});

Deno.test("makeSequencePrompts() cycles the 20 items in task 8", () => {
  const items = sentences(8).map(({ good }) => /that (\w+) ranges/.exec(good)?.[1]);
  assert.equal(new Set(items).size, 20);
  assert.deepEqual([items[0], items[10], items[19]], ["gem", "fridge", "plant"]);
  assert.deepEqual(items.slice(20), items.slice(0, -20));
});

Deno.test("makeSequencePrompts() draws series of one century, none of 1027, in task 9", () => {
  const valid = new Set(validYears(gpt2Tokenizer, 1000, 1900));
  assert.ok(valid.has(1027));
  const centuries = new Set<number>();
  for (let seed = 0; seed < 12; seed++) {
    const prompts = makeSequencePrompts(gpt2Tokenizer, 9, { seed });
    sentences(9, gpt2Tokenizer, prompts).forEach(({ good, bad }, n) => {
      const years = good.split(", ").map(Number);
      const century = years.pop()!;
      centuries.add(century);
      assert.equal(years.length, 5);
      for (const year of years) {
        assert.ok(valid.has(year) && centuryOf(year) === century && year !== 1027, good);
      }
      assert.equal(prompts.YY.data[n], years[4]! % 100);
      assert.equal(bad, [...years.slice(0, 4), `${century}01`, century].join(", "));
    });
  }
  assert.equal(centuries.size, 9);
});

/** 97 series of 1711 to 1715, with one row of another century. */
function oneOddSeries(century: number, years: number[]) {
  const rows = ROWS.map((n) => n === 5 ? years : [1711, 1712, 1713, 1714, 1715]);
  return {
    centuries: Int32Array.from(ROWS, (n) => n === 5 ? century : 17),
    years: Int32Array.from(rows.flat()),
  };
}

Deno.test("makeSequencePrompts() takes given series, and finds YY where it stands earlier too", () => {
  const series = oneOddSeries(10, [1033, 1022, 1033, 1033, 1033]);
  const prompts = makeSequencePrompts(gpt2Tokenizer, 9, { series });
  assert.deepEqual(prompts.positions, { YY: 13, END: 15 });
  assert.equal(sentences(9, gpt2Tokenizer, prompts)[5]!.good, "1033, 1022, 1033, 1033, 1033, 10");
  assert.deepEqual(row(prompts, 5).different, [12, 13]);
  assert.deepEqual(row(prompts, 6).different, [13]);
});

Deno.test("makeSequencePrompts() refuses series that do not fit", () => {
  const make = (century: number, years: number[]) => () =>
    makeSequencePrompts(gpt2Tokenizer, 9, { series: oneOddSeries(century, years) });
  assert.throws(make(10, [1027, 1028, 1029, 1031, 1032]), {
    code: "E-PROMPTS",
    message: 'Cannot tokenize prompt of task 9 "1027, 1028, 1029, 1031, 1032, 10": 15 tokens, ' +
      'expected 16 tokens, as "1711, 1712, 1713, 1714, 1715, 17"',
  });
  // The last year is the bad prompt's own.
  assert.throws(make(17, [1711, 1712, 1713, 1714, 1701]), { code: "E-PROMPTS" });
  const series = { centuries: Int32Array.of(17), years: Int32Array.of(1711) };
  assert.throws(() => makeSequencePrompts(gpt2Tokenizer, 9, { series }), RangeError);
});

Deno.test("makeSequencePrompts() gives the same prompts for a seed, and the same nouns for every task", () => {
  const nouns = [0, 1, 6].map((id) =>
    sentences(id).map(({ good }) => /The (\w+) (started|happened|ended)/.exec(good)![1]!)
  );
  assert.deepEqual(nouns[1], nouns[0]);
  assert.deepEqual(nouns[2], nouns[0]);
  assert.ok(new Set(nouns[0]).size > 40);
  for (const { id } of SEQUENCE_TASKS) {
    const again = makeSequencePrompts(gpt2Tokenizer, id, { seed: 3 });
    const other = makeSequencePrompts(gpt2Tokenizer, id, { seed: 4 });
    assert.deepEqual(again, PROMPTS[id]);
    const drawn = ![2, 3, 4, 5, 8].includes(id);
    assert.equal(
      other.goodTokens.data.join() !== again.goodTokens.data.join(),
      drawn,
      `task ${id}`,
    );
  }
});

Deno.test("makeSequencePrompts() makes nine of ten tasks with the embedded models' tokenizer", () => {
  const lengths = SEQUENCE_TASKS.filter(({ id }) => id !== 7).map(({ id }) => {
    const { goodTokens, positions } = makeSequencePrompts(embedded, id);
    assert.equal(positions.END, goodTokens.shape[1]! - 1);
    return [id, goodTokens.shape[1], positions.YY];
  });
  // Its words "smaller" and "ranges" are two and three tokens.
  assert.deepEqual(lengths, [
    [0, 15, 8],
    [1, 18, 6],
    [2, 17, 14],
    [3, 17, 14],
    [4, 17, 14],
    [5, 8, 2],
    [6, 15, 8],
    [8, 16, 12],
    [9, 16, 13],
  ]);
});

Deno.test("makeSequencePrompts() uses only items of one token", () => {
  const prompts = makeSequencePrompts(embedded, 8);
  const items = sentences(8, embedded, prompts).map(({ good }) => /that (\w+) r/.exec(good)?.[1]);
  assert.deepEqual(
    [...new Set(items)],
    ["watch", "ring", "suit", "dress", "bed", "table", "chair"],
  );
});

Deno.test("makeSequencePrompts() refuses task 7 where three digits are split elsewhere", () => {
  assert.throws(() => makeSequencePrompts(embedded, 7), {
    code: "E-PROMPTS",
    message:
      'Cannot find the year in the prompts of "task 7, years BC": no position at which all ' +
      "97 good prompts, and no bad one, hold their year, expected years split after the century, " +
      "the two digits one token",
  });
});

Deno.test("makeSequencePrompts() names task and sentence when one row is longer", () => {
  const tokenizer: TextTokenizer = {
    ...gpt2Tokenizer,
    encode: (text) => gpt2Tokenizer.encode(text.replace("1750 is", "1750  is")),
  };
  assert.throws(() => makeSequencePrompts(tokenizer, 5), {
    code: "E-PROMPTS",
    message:
      'Cannot tokenize prompt of task 5 "<|endoftext|> 1750 is smaller than 17": 8 tokens, ' +
      'expected 7 tokens, as "<|endoftext|> 1702 is smaller than 17"',
  });
});

Deno.test("makeSequencePrompts() refuses an id that is no task", () => {
  for (const id of [-1, 10, 1.5]) {
    assert.throws(() => makeSequencePrompts(gpt2Tokenizer, id), RangeError);
  }
});

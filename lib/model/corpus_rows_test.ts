import assert from "node:assert/strict";
import { join } from "node:path";
import { writeAtomic } from "../store/atomic.ts";
import { encodeSafetensors } from "../store/format/safetensors.ts";
import { type AskedRows, readCorpusRows } from "./corpus_rows.ts";

const tokens = { data: Int32Array.of(0, 1, 0, 2, 0, 3, 0, 4), shape: [4, 2] };
const NAMES = '["arxiv","github"]';

async function read(
  asked: Partial<AskedRows>,
  { labels = Int32Array.of(0, 1, 1, 0), names = NAMES as string | undefined } = {},
) {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "tokens.safetensors");
    const subset = { data: labels, shape: [labels.length] };
    const arrays = labels.length > 0 ? { tokens, subset } : { tokens };
    await writeAtomic(path, encodeSafetensors(arrays, names ? { "subset_names": names } : {}));
    return await readCorpusRows({ tokens: path, ...asked }, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readCorpusRows() gives rows with the subset of each when the file has labels", async () => {
  const { tokens: rows, subsets } = await read({});
  assert.deepEqual(rows, tokens);
  assert.deepEqual(subsets, { names: ["arxiv", "github"], ofRow: Int32Array.of(0, 1, 1, 0) });
  assert.equal((await read({}, { labels: new Int32Array() })).subsets, undefined);
});

Deno.test("readCorpusRows() takes the first rows of a subset when asked", async () => {
  assert.deepEqual([...(await read({ subset: "github" })).tokens.data], [0, 2, 0, 3]);
  assert.deepEqual([...(await read({ subset: "arxiv", rows: 1 })).tokens.data], [0, 1]);
  assert.deepEqual((await read({ rows: 3 })).subsets?.ofRow, Int32Array.of(0, 1, 1));
});

Deno.test("readCorpusRows() names the nearest subset when there is none such", async () => {
  await assert.rejects(read({ subset: "gitub" }), { code: "E-TOKENS", hint: "--subset github" });
  await assert.rejects(read({ subset: "github" }, { labels: new Int32Array() }), {
    code: "E-TOKENS",
  });
});

Deno.test("readCorpusRows() refuses labels that name nothing", async () => {
  await assert.rejects(read({}, { labels: Int32Array.of(0, 1, 2, 0) }), { code: "E-TOKENS" });
  await assert.rejects(read({}, { labels: Int32Array.of(0, 1) }), { code: "E-TOKENS" });
  await assert.rejects(read({}, { names: "no list" }), { code: "E-TOKENS" });
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/folders.ts";
import { readConfig } from "../../model/config/read_config.ts";
import { encodeSafetensors } from "../../store/format/safetensors.ts";
import { writeAtomic } from "../../store/atomic.ts";
import { type AskedAblation, setUpAblation } from "./setup.ts";

const config = await readConfig("cache/models/tiny-gpt2-a");

/** Ten rows of eight tokens, each row its number. */
function onRows(asked: Partial<AskedAblation>) {
  return inFolder(async (folder) => {
    const tokens = join(folder, "tokens.safetensors");
    const data = Int32Array.from({ length: 80 }, (_, i) => Math.floor(i / 8));
    await writeAtomic(tokens, encodeSafetensors({ tokens: { data, shape: [10, 8] } }));
    return await setUpAblation({
      tokens,
      triple: "auto",
      context: 8,
      afterPos: 4,
      minRank: 0,
      keep: [],
      spearman: "exact",
      originalLastBatch: false,
      batchSize: 4,
      ...asked,
    }, config);
  });
}

Deno.test("setUpAblation() cuts rows and measures all neurons when nothing else is said", async () => {
  const { tokens, measure, asked } = await onRows({ context: 6 });
  assert.deepEqual(tokens.shape, [10, 6]);
  assert.deepEqual([...tokens.data.subarray(6, 14)], [1, 1, 1, 1, 1, 1, 2, 2]);
  assert.deepEqual(measure.range, { from: 0, to: 512 });
  assert.deepEqual(asked, { attentionLayer: undefined, head: undefined, mlpLayer: undefined });
});

Deno.test("setUpAblation() takes the last batch alone when the original's statistics are asked", async () => {
  const lastRow = async (batchSize: number) => {
    const { tokens } = await onRows({ originalLastBatch: true, batchSize });
    return [tokens.shape[0], tokens.data[0]];
  };
  assert.deepEqual(await lastRow(4), [2, 8]);
  assert.deepEqual(await lastRow(5), [5, 5]);
  assert.deepEqual(await lastRow(32), [10, 0]);
});

Deno.test("setUpAblation() refuses what cannot be measured, saying what can", async () => {
  const refused: [Partial<AskedAblation>, RegExp][] = [
    [{ context: 9 }, /"--context 9": rows of 8 tokens, expected at most 8$/],
    [{ afterPos: 8 }, /"--after-pos 8": no position of 8 from there on, expected at most 7$/],
    [{ maxRank: 513 }, /"--max-rank 513": past the 512 neurons of an MLP, expected at most 512/],
    [{ minRank: 512 }, /"--min-rank 512": no rank below --max-rank 512/],
    [{ minRank: 5, maxRank: 5 }, /no rank below --max-rank 5, expected 0 to 4/],
    [{ queryPosition: 9, maxRank: 9 }, /"--query-position 9": a rank that is not measured/],
    [{ triple: "paper" }, /"A8H3L7": layers 8 and 7 of a model of 4/],
    [{ triple: "paper", head: 1 }, /"--triple paper": given with a layer or a head/],
    [{ attentionLayer: 0 }, /MLP 0 writes after attention 0 has read/],
    [{ mlpLayer: 3 }, /MLP 3 writes after attention 3 has read/],
    [{ head: 4 }, /head 4 of 4/],
  ];
  for (const [asked, message] of refused) {
    await assert.rejects(onRows(asked), { code: "E-USAGE", message });
  }
});

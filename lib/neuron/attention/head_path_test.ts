import assert from "node:assert/strict";
import { readConfig } from "../../model/config/read_config.ts";
import { checkPath, PAPER_PATH, pathName } from "./head_path.ts";

const config = await readConfig("cache/models/tiny-gpt2-a");

Deno.test("pathName() is the original's when it is of the paper's triple", () => {
  assert.equal(pathName(PAPER_PATH), "A8H3L7");
});

Deno.test("checkPath() gives a path back when the head reads the MLP", () => {
  const path = { attentionLayer: 3, head: 0, mlpLayer: 2 };
  assert.equal(checkPath(config, path), path);
});

Deno.test("checkPath() refuses what the model lacks or the head does not read", () => {
  const refused: [number, number, number, RegExp][] = [
    [2, 0, 2, /"A2H0L2": MLP 2 writes after attention 2 has read, expected an MLP below/],
    [1, 0, 3, /MLP 3 writes after attention 1 has read/],
    [0, 0, 0, /MLP 0 writes after attention 0 has read/],
    [4, 0, 1, /layers 4 and 1 of a model of 4, expected layers 0 to 3/],
    [3, 4, 1, /head 4 of 4, expected 0 to 3/],
    [3, 0.5, 1, /head 0\.5 of 4/],
    [3, 0, -1, /layers 3 and -1/],
  ];
  for (const [attentionLayer, head, mlpLayer, message] of refused) {
    const check = () => checkPath(config, { attentionLayer, head, mlpLayer });
    assert.throws(check, { code: "E-USAGE", message });
  }
});

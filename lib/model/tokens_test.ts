import assert from "node:assert/strict";
import { parseConfig } from "./config/read_config.ts";
import { checkTokens } from "./tokens.ts";

const config = parseConfig({ "model_type": "gpt2", "vocab_size": 10, "n_positions": 4 }, "");
const rows = (shape: number[], ...ids: number[]) => ({ data: Int32Array.from(ids), shape });

Deno.test("checkTokens() gives the rows and positions of tokens that fit", () => {
  assert.deepEqual(checkTokens(config, rows([2, 2], 0, 9, 3, 3)), [2, 2]);
  assert.deepEqual(checkTokens(config, rows([1, 4], 1, 2, 3, 4)), [1, 4]);
});

Deno.test("checkTokens() refuses shapes that are no rows of tokens", () => {
  for (const shape of [[4], [1, 2, 2], [], [2, 0], [0, 3]]) {
    assert.throws(() => checkTokens(config, rows(shape, ...new Array(4).fill(1))), {
      code: "E-TOKENS",
      message: `Cannot run on "tokens": shape [${shape.join(", ")}], expected [B, T] with B ≥ 1 ` +
        "and T ≥ 1",
    });
  }
});

Deno.test("checkTokens() refuses rows longer than the context", () => {
  assert.throws(() => checkTokens(config, rows([1, 5], 1, 1, 1, 1, 1)), {
    code: "E-TOKENS",
    message: 'Cannot run on "tokens": 5 positions a row, expected at most 4, the model\'s context',
  });
});

Deno.test("checkTokens() names the first id outside the vocabulary and its place", () => {
  for (const id of [10, -1, -(2 ** 31)]) {
    assert.throws(() => checkTokens(config, rows([2, 3], 1, 2, 3, 4, id, 11)), {
      code: "E-TOKENS",
      message:
        `Cannot run on "token ${id}": an id outside the vocabulary, in row 1 at position 1, ` +
        "expected 0 to 9",
    });
  }
});

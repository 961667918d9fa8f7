import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { NeuriteError } from "../../errors.ts";
import {
  latin,
  makeZip,
  pickledState,
  type PickledTensor,
  pickledText,
  type ZipRecord,
} from "./testing.ts";
import { openTorchFile } from "./torch.ts";
import type { TensorFile } from "./tensor_file.ts";

const CRFM = "tests/fixtures/checkpoints/gpt2-crfm-style/pytorch_model.bin";
const SIX = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer);

async function withTorch(
  bytes: Uint8Array,
  test: (file: TensorFile) => unknown,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(join(folder, "x.bin"), bytes);
    const file = await openTorchFile(join(folder, "x.bin"));
    try {
      await test(file);
    } finally {
      await file.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function archive(tensor: Partial<PickledTensor>, more: Partial<ZipRecord> = {}): Uint8Array {
  const x = { count: 6, shape: [6], strides: [1], ...tensor };
  return makeZip([
    { name: "m/data.pkl", content: pickledState({ x }) },
    { name: "m/data/0", content: SIX, ...more },
  ]);
}

function refusesView(tensor: Partial<PickledTensor>, message: RegExp): Promise<void> {
  return withTorch(archive(tensor), async (file) => {
    assert.throws(() => file.shape("x"), { code: "E-CHECKPOINT", message });
    await assert.rejects(file.read("x"), { code: "E-CHECKPOINT", message });
  });
}

async function readX(bytes: Uint8Array): Promise<number[]> {
  let found: number[] = [];
  await withTorch(bytes, async (file) => found = [...await file.read("x")]);
  return found;
}

Deno.test("openTorchFile() reads a file of torch.save", async () => {
  const file = await openTorchFile(CRFM);
  try {
    assert.equal(file.names().length, 47);
    assert.deepEqual(file.shape("transformer.h.2.mlp.c_fc.weight"), [48, 192]);
    assert.deepEqual(file.shape("transformer.h.0.attn.masked_bias"), []);
    assert.deepEqual([...await file.read("transformer.h.0.attn.masked_bias")], [-10000]);
    assert.deepEqual(await file.read("lm_head.weight"), await file.read("transformer.wte.weight"));
    await assert.rejects(file.read("transformer.h.0.attn.bias"), { message: /of U8/ });
  } finally {
    await file.close();
  }
});

Deno.test("TorchFile.read() follows offsets and strides", async () => {
  assert.deepEqual(await readX(archive({})), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(await readX(archive({ offset: 2, shape: [2, 2], strides: [2, 1] })), [
    2,
    3,
    4,
    5,
  ]);
  assert.deepEqual(await readX(archive({ shape: [3, 2], strides: [1, 3] })), [0, 3, 1, 4, 2, 5]);
  assert.deepEqual(await readX(archive({ offset: 1, shape: [2], strides: [3] })), [1, 4]);
  assert.deepEqual(await readX(archive({ shape: [2, 3], strides: [0, 1] })), [0, 1, 2, 0, 1, 2]);
  assert.deepEqual(await readX(archive({ shape: [], strides: [], offset: 5 })), [5]);
  assert.deepEqual(await readX(archive({ shape: [1, 6], strides: [99, 1] })), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(await readX(archive({ shape: [0, 3], strides: [3, 1] })), []);
  const half = { content: latin("\x00\x3c\x00\xc0\x00\x7c") };
  assert.deepEqual(
    await readX(archive({ storage: "HalfStorage", count: 3, shape: [3] }, half)),
    [1, -2, Infinity],
  );
  const brain = { content: latin("\x80\x3f\x00\xc0") };
  assert.deepEqual(
    await readX(archive({ storage: "BFloat16Storage", count: 2, shape: [2] }, brain)),
    [1, -2],
  );
});

Deno.test("TorchFile.read() reads deflated data the same", async () => {
  const deflated = { isDeflated: true };
  assert.deepEqual(
    await readX(archive({ offset: 1, shape: [2, 2], strides: [1, 2] }, deflated)),
    [1, 3, 2, 4],
  );
});

Deno.test("TorchFile refuses views and storages that are not in the file", async () => {
  await refusesView({ shape: [2, 4], strides: [4, 1] }, /of 8 elements over 6/);
  await refusesView({ shape: [2 ** 32], strides: [0] }, /of 4294967296 elements over 6/);
  await refusesView(
    { shape: Array(40).fill(2 ** 32), strides: Array(40).fill(0) },
    /elements over/,
  );
  await refusesView({ offset: 3, shape: [4] }, /reaching element 7, expected at most 6/);
  await refusesView({ offset: 2 ** 52, shape: [1] }, /reaching element/);
  await refusesView({ shape: [2], strides: [6] }, /reaching element 7/);
  await refusesView({ count: 7 }, /24 bytes of data, expected 28 bytes in record "data\/0"/);
  await refusesView({ count: 2 ** 50, shape: [2 ** 31], strides: [1] }, /24 bytes of data/);
  await refusesView({ storage: "DoubleStorage" }, /expected 48 bytes/);
  await refusesView({ key: "../../etc/passwd" }, /no data, expected 24 bytes in record/);
});

Deno.test("openTorchFile() refuses archives that torch.save did not write", async () => {
  const refuses = (records: ZipRecord[], code: string, message: RegExp) =>
    assert.rejects(withTorch(makeZip(records), () => {}), { code, message });
  const pickle = pickledState({});
  await refuses([], "E-CHECKPOINT", /0 records named data.pkl/);
  await refuses([{ name: "data.pkl", content: pickle }], "E-CHECKPOINT", /0 records/);
  await refuses(
    [{ name: "a/data.pkl", content: pickle }, { name: "b/data.pkl", content: pickle }],
    "E-CHECKPOINT",
    /2 records/,
  );
  await refuses([{ name: "m/data.pkl", content: "\x80\x02N." }], "E-CHECKPOINT", /something else/);
  await refuses(
    [{ name: "m/data.pkl", content: pickle }, { name: "m/byteorder", content: "big" }],
    "E-CHECKPOINT",
    /byte order "big"/,
  );
  const evil = `\x80\x02cos\nsystem\n${pickledText("id")}\x85R.`;
  await refuses([{ name: "m/data.pkl", content: evil }], "E-PICKLE", /"os.system"/);
});

Deno.test("openTorchFile() says how to renew a file from before PyTorch 1.6", async () => {
  const old = latin("\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.");
  await assert.rejects(withTorch(old, () => {}), {
    code: "E-CHECKPOINT",
    message: /before PyTorch 1.6, expected a zip archive/,
    hint: /torch\.save\(torch\.load/,
  });
});

Deno.test("openTorchFile() ends every mutated file with tensors or its own error", async () => {
  const whole = archive({ shape: [3, 2], strides: [1, 3] }, { isDeflated: true });
  const edit = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
      const bytes = whole.slice();
      for (const [at, value] of edits) bytes[at] = value;
      try {
        await withTorch(bytes, async (file) => {
          for (const name of file.names()) await file.read(name);
        });
      } catch (error) {
        if (!(error instanceof NeuriteError)) throw error;
      }
    }),
    { numRuns: 300 },
  );
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { latin, makeZip, pickledTensor, pickledText, type ZipRecord } from "./testing.ts";
import { openTorchArrays } from "./torch_arrays.ts";

const ORIGINAL = "tests/fixtures/original";
const SIX = { name: "m/data/0", content: new Uint8Array(Int32Array.of(0, 1, 2, 3, 4, -5).buffer) };
const TENSOR = pickledTensor({ storage: "IntStorage", count: 6, shape: [3, 2], strides: [1, 3] });

async function open(pickle: string, record: Partial<ZipRecord> = {}) {
  const folder = await Deno.makeTempDir();
  try {
    const content = latin(`\x80\x02${pickle}.`);
    const zip = makeZip([{ name: "m/data.pkl", content }, { ...SIX, ...record }]);
    await Deno.writeFile(join(folder, "x.pt"), zip);
    await using file = await openTorchArrays(join(folder, "x.pt"));
    const arrays = file.names().map(async (name) => [name, await file.read(name)] as const);
    return Object.fromEntries(await Promise.all(arrays));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("openTorchArrays() reads nested dicts of torch.save", async () => {
  const path = join(ORIGINAL, "summary_data/tiny-a/weights/vocab_comps.pt");
  await using file = await openTorchArrays(path);
  assert.equal(file.names().length, 18);
  assert.deepEqual(file.shape("U_out/top_vocab_ix"), [2, 6, 4]);
  const [values, places, histogram] = await Promise.all(
    ["top_vocab_value", "top_vocab_ix", "comp_hist"].map((name) => file.read(`U_out/${name}`)),
  );
  assert.ok(values!.data instanceof Float32Array);
  assert.ok(places!.data instanceof BigInt64Array);
  assert.ok(histogram!.data instanceof Int32Array);
  const counted = histogram!.data.subarray(0, 101).reduce((sum, count) => sum + count, 0);
  assert.equal(counted, 40, "all columns of a neuron");
  await assert.rejects(file.read("U_out"), { code: "E-CHECKPOINT" });
});

Deno.test("openTorchArrays() reads a tensor saved alone, float16 exactly", async () => {
  const folder = join(ORIGINAL, "summary_data/tiny-a");
  await using alone = await openTorchArrays(join(folder, "weights/k_comps.pt"));
  assert.deepEqual(alone.names(), [""]);
  const { data, shape } = await alone.read("");
  assert.deepEqual(shape, [2, 6, 2, 2]);
  assert.ok((data as Float32Array).every((x) => x === Math.f16round(x)));
});

Deno.test("openTorchArrays() reads integers through strides", async () => {
  assert.deepEqual(await open(TENSOR), {
    "": { data: Int32Array.of(0, 3, 1, 4, 2, -5), shape: [3, 2] },
  });
  const nested = `}(${pickledText("a")}}(${pickledText("b")}${TENSOR}u${pickledText("c")}K\x01u`;
  assert.deepEqual(Object.keys(await open(nested)), ["a/b"]);
});

Deno.test("openTorchArrays() refuses dicts without end, doubled names and packed integers", async () => {
  const refused = { code: "E-CHECKPOINT" };
  // A dict that is its own value: memo 0, then the same again.
  await assert.rejects(open(`}q\x00${pickledText("a")}h\x00s`), refused);
  // A million values in a few hundred bytes: each dict stands ten times in the next.
  const dicts = (depth: number): string => {
    if (depth === 0) return "}q\x00";
    const again = `h${String.fromCharCode(depth - 1)}`;
    const items = Array.from(
      { length: 10 },
      (_, i) => pickledText(`${i}`) + (i === 0 ? dicts(depth - 1) : again),
    );
    return `}(${items.join("")}uq${String.fromCharCode(depth)}`;
  };
  await assert.rejects(open(dicts(6)), { ...refused, message: /more than 100000 values/ });
  await assert.rejects(
    open(`}(${pickledText("a/b")}${TENSOR}${pickledText("a")}}${pickledText("b")}${TENSOR}su`),
    refused,
  );
  await assert.rejects(open(TENSOR, { isDeflated: true }), refused);
});

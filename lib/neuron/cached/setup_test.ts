import assert from "node:assert/strict";
import { join } from "node:path";
import type { HostArray } from "../../array.ts";
import { writeAtomic } from "../../store/atomic.ts";
import { encodeSafetensors } from "../../store/format/safetensors.ts";
import { encodeTable } from "../../store/format/table.ts";
import { type AskedActivations, setUpActivations } from "./setup.ts";

const ASKED: AskedActivations = {
  model: "tiny-gpt2-a",
  tokens: "",
  neurons: ["3.415", "0.7"],
  universal: false,
  where: [],
  layers: [],
  location: "mlp.hook_pre",
  aggregation: "none",
  precision: "16",
  maskedMax: "none",
  loss: true,
  entropy: true,
  rank: true,
};

const TOKENS: HostArray = { data: Int32Array.from({ length: 12 }, (_, i) => i), shape: [4, 3] };
const MASK: HostArray = { data: Uint8Array.of(1, 0, 0, 0, 1, 1, 0, 2, 0, 1, 1, 1), shape: [4, 3] };

/** Asks for something over rows of two subsets, with a mask beside them. */
async function setUp(
  asked: Partial<AskedActivations>,
  { arrays = {}, files = {} }: {
    arrays?: Record<string, HostArray>;
    files?: Record<string, string | Uint8Array>;
  } = {},
) {
  const folder = await Deno.makeTempDir();
  try {
    const tokens = join(folder, "tokens.safetensors");
    const subset = { data: Int32Array.of(0, 1, 0, 1), shape: [4] };
    const written = { tokens: TOKENS, mask: MASK, subset, ...arrays };
    const metadata = { "subset_names": '["a","b"]' };
    await writeAtomic(tokens, encodeSafetensors(written, metadata));
    for (const [name, content] of Object.entries(files)) {
      await writeAtomic(join(folder, name), content);
    }
    const neuronsFile = asked.neuronsFile && join(folder, asked.neuronsFile);
    return await setUpActivations({ ...ASKED, tokens, ...asked, neuronsFile });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const USAGE: Record<string, [Partial<AskedActivations>, RegExp]> = {
  "no neurons": [
    { neurons: [] },
    /"--neurons, --neurons-file, --layers": 0 of them, expected exac/,
  ],
  "two lists": [{ layers: ["1"] }, /: 2 of them, expected exactly one/],
  "a name that is none": [{ neurons: ["3.415", "3-4"] }, /"3-4", expected names of the form layer/],
  "a name with a sign": [{ neurons: ["-1.4"] }, /"-1\.4", expected names/],
  "a name with leading zeros": [{ neurons: ["0.07"] }, /"0\.07", expected names/],
  "a layer out of range": [
    { neurons: ["0.7", "4.0"] },
    /neuron 4\.0 at place 1, expected layers 0 to 3/,
  ],
  "a neuron out of range": [{ neurons: ["0.512"] }, /neuron 0\.512 .*neurons 0 to 511/],
  "a neuron twice": [{ neurons: ["0.7", "1.7", "0.7"] }, /neuron 0\.7 twice, again at place 2/],
  "a layer that is none": [{ neurons: [], layers: ["4"] }, /"4", expected all, or layers 0 to 3/],
  "a layer twice": [{ neurons: [], layers: ["1", "1"] }, /layer 1 twice/],
  "a layer and all": [{ neurons: [], layers: ["0", "all"] }, /"all", expected all, or layers/],
  "a filter of nothing": [{ universal: true }, /no table to filter, expected --neurons-file/],
  "a mask of nothing": [{ indexMask: "mask" }, /every position is kept, expected --aggregation/],
  "a masked maximum of means": [
    { aggregation: "mean", indexMask: "mask", maskedMax: "minus-one" },
    /"--masked-max": minus-one, expected --aggregation max with --index-mask/,
  ],
  "a filter that is none": [
    { neurons: [], neuronsFile: "n.csv", where: ["kurt~3"] },
    /"kurt~3", expected a column, one of/,
  ],
};

Deno.test("setUpActivations() refuses with E-USAGE, naming option and range", async (t) => {
  const files = { "n.csv": "layer,neuron\n0,1\n" };
  for (const [title, [asked, message]] of Object.entries(USAGE)) {
    await t.step(title, async () => {
      await assert.rejects(setUp(asked, { files }), { code: "E-USAGE", message });
    });
  }
});

const FILES: Record<string, [string, RegExp]> = {
  "without a column": ["layer,index\n0,1\n", /without column "neuron", expected it among "layer"/],
  "of text": ["layer,neuron\n0,x\n", /"x" as neuron of row 0, expected a whole number/],
  "of parts of neurons": ["layer,neuron\n0,1.5\n", /"1\.5" as neuron of row 0/],
  "with an empty cell": ["layer,neuron\n0,\n", /"" as neuron of row 0/],
  "of uneven rows": ["layer,neuron\n0,1\n1\n", /1 fields in row 2, expected 2/],
  "of no rows": ["layer,neuron\n", /no neuron, expected at least one/],
  "of nothing": ["", /columns named "", expected distinct names/],
  "of another model": [
    "layer,neuron\n0,1\n11,3030\n",
    /neuron 11\.3030 at place 1, expected layers 0/,
  ],
  "with a neuron twice": ["layer,neuron\n0,1\n0,1\n", /neuron 0\.1 twice/],
};

Deno.test("setUpActivations() refuses with E-FILE-CORRUPT a table that names no such neurons", async (t) => {
  for (const [title, [text, message]] of Object.entries(FILES)) {
    await t.step(title, async () => {
      const asked = { neurons: [], neuronsFile: "n.csv" };
      const refused = setUp(asked, { files: { "n.csv": text } });
      await assert.rejects(refused, { code: "E-FILE-CORRUPT", message });
    });
  }
  await assert.rejects(setUp({ neurons: [], neuronsFile: "n.csv" }), { code: "E-FILE-MISSING" });
});

Deno.test("setUpActivations() takes the universal neurons of a table, CSV or Parquet", async () => {
  const columns = [
    { name: "layer", type: "int32" as const, values: [0, 1, 2] },
    { name: "neuron", type: "int64" as const, values: [5n, 6n, 7n] },
    { name: "excess_corr", type: "float64" as const, values: [0.6, 0.5, 0.9] },
  ];
  const files = {
    "n.parquet": Uint8Array.from(encodeTable(columns)),
    "n.csv": ",layer,neuron,excess_corr\n0,0,5,0.6\n1,1,6,\n2,2,7,0.9\n",
  };
  for (const neuronsFile of ["n.csv", "n.parquet"]) {
    const asked = { neurons: [], neuronsFile, universal: true };
    const { request } = await setUp(asked, { files });
    assert.deepEqual(request.neurons, [{ layer: 0, neuron: 5 }, { layer: 2, neuron: 7 }]);
    const where = await setUp({ ...asked, where: ["layer>=1", "neuron = 7"] }, { files });
    assert.deepEqual(where.request.neurons, [{ layer: 2, neuron: 7 }]);
    const none = setUp({ ...asked, where: ["layer>2"] }, { files });
    await assert.rejects(none, { code: "E-FILE-CORRUPT", message: /no neuron/ });
  }
});

Deno.test("setUpActivations() takes all neurons of layers in their order", async () => {
  const { request } = await setUp({ neurons: [], layers: ["2", "0"] });
  assert.equal(request.neurons.length, 1024);
  assert.deepEqual(request.neurons[512], { layer: 0, neuron: 0 });
  const all = await setUp({ neurons: [], layers: ["all"], loss: false });
  assert.deepEqual(all.request.neurons.at(-1), { layer: 3, neuron: 511 });
  assert.deepEqual(all.request.outputs, ["entropy", "rank"]);
});

Deno.test("setUpActivations() reads the mask of the rows that are taken", async () => {
  const asked = { aggregation: "max", indexMask: "mask", maskedMax: "minus-one" } as const;
  const { counted, maskedMax } = await setUp(asked);
  assert.deepEqual([...counted!], [1, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1]);
  assert.equal(maskedMax, -1);
  const ofSubset = await setUp({ ...asked, subset: "b" });
  assert.deepEqual([...ofSubset.counted!], [0, 1, 1, 1, 1, 1]);
  assert.deepEqual([...ofSubset.corpus.tokens.data], [3, 4, 5, 9, 10, 11]);
  const first = await setUp({ ...asked, subset: "b", rows: 1 });
  assert.deepEqual([...first.counted!], [0, 1, 1]);
});

Deno.test("setUpActivations() refuses a mask that does not fit", async () => {
  const asked = { aggregation: "mean", indexMask: "mask" } as const;
  const cases: [string, HostArray | undefined, RegExp][] = [
    ["masks", undefined, /mask "masks" .*arrays .*mask.*, expected an array of that name/],
    ["mask", { data: new Uint8Array(12), shape: [4, 3] }, /0 in all of row 0/],
    [
      "mask",
      { data: new Uint8Array(12), shape: [3, 4] },
      /Uint8Array \[3, 4\], expected .* \[4, 3\]/,
    ],
    ["mask", { data: new Float32Array(12), shape: [4, 3] }, /Float32Array/],
  ];
  for (const [indexMask, mask, message] of cases) {
    const refused = setUp({ ...asked, indexMask }, { arrays: mask ? { mask } : {} });
    await assert.rejects(refused, { code: "E-TOKENS", message });
  }
});

Deno.test("setUpActivations() refuses the loss of rows without a next token", async () => {
  const tokens = { data: Int32Array.of(1, 2), shape: [2, 1] };
  const arrays = { tokens, subset: { data: Int32Array.of(0, 0), shape: [2] } };
  await assert.rejects(setUp({}, { arrays }), { code: "E-USAGE", message: /rows of one token/ });
  const { request } = await setUp({ loss: false, rank: false }, { arrays });
  assert.deepEqual(request.outputs, ["entropy"]);
});

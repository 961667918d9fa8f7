import assert from "node:assert/strict";
import { join } from "node:path";
import { readNpy } from "./npy.ts";

/** A version 1.0 file. */
function npy(header: string, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(10 + text.length + data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, text.length, true);
  bytes.set(text, 10);
  bytes.set(data, 10 + text.length);
  return bytes;
}

async function read(bytes: Uint8Array) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(join(folder, "x.npy"), bytes);
    return await readNpy(join(folder, "x.npy"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const HEADER = "{'descr': '<u2', 'fortran_order': False, 'shape': (1, 3), }\n";
const DATA = new Uint8Array(Uint16Array.of(0, 7, 65535).buffer);

Deno.test("readNpy() reads what numpy.save wrote", async () => {
  const folder = "tests/fixtures/original/summary_data/tiny-a/activations/pile.test.one.16";
  const { data, shape } = await readNpy(join(folder, "neuron_vocab_max_ixs.npz.npy"));
  assert.deepEqual(shape, [2, 6, 4]);
  assert.ok(data instanceof Int32Array);
  // Numbers above 32,767 show that they are read as unsigned.
  assert.ok(data.every((id) => id >= 65496 && id < 65536));
});

Deno.test("readNpy() widens uint16 and float16 and keeps the rest", async () => {
  assert.deepEqual(await read(npy(HEADER, DATA)), {
    data: Int32Array.of(0, 7, 65535),
    shape: [1, 3],
  });
  const half = new Uint8Array(Float16Array.of(1.5, -2, 65504).buffer);
  const { data } = await read(npy(HEADER.replace("<u2", "<f2"), half));
  assert.deepEqual(data, Float32Array.of(1.5, -2, 65504));
  const scalar = npy(HEADER.replace("<u2", "<f8").replace("(1, 3)", "()"), new Uint8Array(8));
  assert.deepEqual(await read(scalar), { data: Float64Array.of(0), shape: [] });
});

Deno.test("readNpy() refuses other types, orders, sizes and files", async () => {
  const broken = [
    npy(HEADER.replace("<u2", "|O"), DATA),
    npy(HEADER.replace("<u2", ">u2"), DATA),
    npy(HEADER.replace("False", "True"), DATA),
    npy(HEADER.replace("(1, 3)", "(1, 4)"), DATA),
    npy(HEADER.replace("(1, 3)", "(99999999999, 99999999999)"), DATA),
    npy(HEADER.replace("(1, 3)", "(os.system(),)"), DATA),
    npy(HEADER, DATA).subarray(0, 30),
    new TextEncoder().encode("a text that is no array"),
    new Uint8Array(3),
  ];
  for (const bytes of broken) await assert.rejects(read(bytes), { code: "E-FILE-CORRUPT" });
});

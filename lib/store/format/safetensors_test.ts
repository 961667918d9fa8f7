import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { type ArrayData, elementCount, type HostArray } from "../../array.ts";
import { encodeSafetensors, openSafetensors, readSafetensors } from "./safetensors.ts";

const HUB_FILE = "tests/fixtures/checkpoints/gpt2-hub-style/model.safetensors";
const PYTHIA = "tests/fixtures/checkpoints/pythia-style/model-00005-of-00005.safetensors";

function join8(chunks: Iterable<Uint8Array>): Uint8Array<ArrayBuffer> {
  const parts = [...chunks];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

async function withFile(
  bytes: Uint8Array,
  test: (path: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "x.safetensors");
    await Deno.writeFile(path, bytes);
    await test(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A file with this header text and so many data bytes. */
function file(header: string, data: number | Uint8Array = 0): Uint8Array {
  const json = new TextEncoder().encode(header);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
  return join8([length, json, typeof data === "number" ? new Uint8Array(data) : data]);
}

function arrayOf(type: number, shape: number[], values: number[]): HostArray {
  const count = elementCount(shape);
  const numbers = Array.from({ length: count }, (_, i) => values[i % values.length]!);
  const whole = numbers.map((x) => Number.isFinite(x) ? Math.trunc(x) : 7);
  const data: ArrayData = [
    () => Float32Array.from(numbers),
    () => Float64Array.from(numbers),
    () => Int32Array.from(whole),
    () => Uint8Array.from(whole),
    () => BigInt64Array.from(whole.map(BigInt)),
  ][type]!();
  return { data, shape };
}

Deno.test("encodeSafetensors() and readSafetensors() return the same arrays, bit for bit", async () => {
  const array = fc.tuple(
    fc.integer({ min: 0, max: 4 }),
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    fc.array(fc.oneof(fc.double(), fc.constantFrom(NaN, -0, Infinity, 1e-320)), { minLength: 1 }),
  );
  const arrays = fc.dictionary(
    fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("10", "9", "__proto__", "a.b")),
    array,
    { maxKeys: 6 },
  );
  await fc.assert(
    fc.asyncProperty(arrays, async (described) => {
      const wanted = Object.fromEntries(
        Object.entries(described).map(([name, args]) => [name, arrayOf(...args)]),
      );
      await withFile(join8(encodeSafetensors(wanted)), async (path) => {
        const found = await readSafetensors(path);
        assert.deepEqual(Object.keys(found).sort(), Object.keys(wanted).sort());
        for (const [name, { data, shape }] of Object.entries(wanted)) {
          assert.deepEqual(found[name]!.shape, shape);
          assert.equal(found[name]!.data.constructor, data.constructor);
          const bytes = ({ buffer }: ArrayData) => new Uint8Array(buffer);
          assert.deepEqual(bytes(found[name]!.data), bytes(data));
        }
      });
    }),
    { numRuns: 60 },
  );
});

Deno.test("encodeSafetensors() gives the same aligned bytes in any order of insertion", async () => {
  const a = { data: Uint8Array.of(1, 2, 3), shape: [3] };
  const b = { data: Float64Array.of(4), shape: [] };
  const c = { data: Float32Array.of(5, 6), shape: [1, 2] };
  const bytes = join8(encodeSafetensors({ "10": c, a, "9": b }, { k: "v", format: "tf" }));
  assert.deepEqual(
    bytes,
    join8(encodeSafetensors({ "9": b, a, "10": c }, { format: "np", k: "v" })),
  );
  await withFile(bytes, async (path) => {
    await using opened = await openSafetensors(path);
    assert.deepEqual(opened.names(), ["9", "10", "a"]);
    assert.deepEqual({ ...opened.metadata }, { format: "pt", k: "v" });
    assert.equal(opened.info("9").position % 8, 0);
  });
});

Deno.test("encodeSafetensors() refuses an array that is not its shape, and a reserved name", () => {
  const x = { data: Float32Array.of(1), shape: [2] };
  assert.throws(() => [...encodeSafetensors({ x })], RangeError);
  const reserved = { __metadata__: { data: Float32Array.of(1), shape: [1] } };
  assert.throws(() => [...encodeSafetensors(reserved)], RangeError);
});

Deno.test("SafetensorsFile.read() widens the types that hosts lack", async () => {
  const header = JSON.stringify({
    half: { dtype: "F16", shape: [2], data_offsets: [0, 4] },
    brain: { dtype: "BF16", shape: [1], data_offsets: [4, 6] },
    short: { dtype: "I16", shape: [1], data_offsets: [6, 8] },
    byte: { dtype: "I8", shape: [1], data_offsets: [8, 9] },
    flag: { dtype: "BOOL", shape: [], data_offsets: [9, 10] },
  });
  const data = Uint8Array.of(0, 0x3c, 1, 0x80, 0x80, 0xbf, 0xfe, 0xff, 0xfd, 1);
  await withFile(file(header, data), async (path) => {
    const { half, brain, short, byte, flag } = await readSafetensors(path);
    assert.deepEqual(half!.data, Float32Array.of(1, -(2 ** -24)));
    assert.deepEqual(brain!.data, Float32Array.of(-1));
    assert.deepEqual(short!.data, Int32Array.of(-2));
    assert.deepEqual(byte!.data, Int32Array.of(-3));
    assert.deepEqual(flag, { data: Uint8Array.of(1), shape: [] });
  });
});

Deno.test("SafetensorsFile.readRows() reads rows of the first axis alone, in every type", async () => {
  const float = { data: Float32Array.from({ length: 24 }, (_, i) => i / 2), shape: [4, 3, 2] };
  const list = { data: Int32Array.of(7, 8, 9), shape: [3] };
  await withFile(join8(encodeSafetensors({ float, list })), async (path) => {
    await using opened = await openSafetensors(path);
    assert.deepEqual(await opened.readRows("float", 1, 2), {
      data: float.data.slice(6, 18),
      shape: [2, 3, 2],
    });
    assert.deepEqual((await opened.readRows("list", 2, 1)).data, Int32Array.of(9));
    assert.deepEqual((await opened.readRows("list", 3, 0)).shape, [0]);
    for (const [first, count] of [[2, 2], [-1, 1], [0.5, 1], [0, -1], [4, 0]] as const) {
      await assert.rejects(opened.readRows("list", first, count), RangeError);
    }
  });
});

Deno.test("SafetensorsFile.readFloat32() converts across chunk borders and refuses integers", async () => {
  const doubles = Float64Array.from({ length: 70_001 }, (_, i) => i + 0.1);
  const arrays = {
    doubles: { data: doubles, shape: [70_001] },
    whole: { data: Int32Array.of(1), shape: [1] },
  };
  await withFile(join8(encodeSafetensors(arrays)), async (path) => {
    await using opened = await openSafetensors(path);
    assert.deepEqual((await opened.readFloat32("doubles")).data, Float32Array.from(doubles));
    await assert.rejects(opened.readFloat32("whole"), { code: "E-SAFETENSORS", message: /of I32/ });
  });
});

Deno.test("openSafetensors() opens what the Python library wrote", async () => {
  await using opened = await openSafetensors(HUB_FILE);
  assert.equal(opened.names().length, 28);
  assert.deepEqual(opened.info("wte.weight").shape, [300, 32]);
  assert.equal(opened.metadata.format, "pt");
  await assert.rejects(opened.read("wte.weihgt"), { message: /nearest is "wte.weight"/ });
  await using half = await openSafetensors(PYTHIA);
  assert.equal(half.info("embed_out.weight").dtype, "F16");
});

Deno.test("openSafetensors() refuses every prefix of a file", async () => {
  const whole = join8(encodeSafetensors({ x: { data: Float32Array.of(1, 2, 3), shape: [3] } }));
  for (let length = 0; length < whole.length; length++) {
    await withFile(
      whole.subarray(0, length),
      (path) => assert.rejects(openSafetensors(path), { code: "E-SAFETENSORS" }),
    );
  }
});

const tensor = (more: Record<string, unknown>) =>
  JSON.stringify({ x: { dtype: "F32", shape: [1], data_offsets: [0, 4], ...more } });
const two = (a: number[], b: number[]) =>
  JSON.stringify({
    a: { dtype: "U8", shape: [a[1]! - a[0]!], data_offsets: a },
    b: { dtype: "U8", shape: [b[1]! - b[0]!], data_offsets: b },
  });
const huge = new Uint8Array(16);
new DataView(huge.buffer).setBigUint64(0, 2n ** 60n, true);

const HOSTILE: Record<string, [Uint8Array, RegExp]> = {
  "a header of 2^60 bytes": [huge, /a header of 1152921504606846976 bytes, expected at most 8/],
  "an array for a header": [file("[]"), /starting with byte 91/],
  "no header": [file(""), /byte \(none\)/],
  "broken JSON": [file('{"x":'), /not JSON/],
  "bytes that are not UTF-8": [
    join8([file("").fill(3, 0, 1), Uint8Array.of(0x7b, 0xff, 0x7d)]),
    /not JSON/,
  ],
  "a name twice": [
    file(
      '{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
      1,
    ),
    /"x" twice/,
  ],
  "overlapping tensors": [file(two([0, 4], [2, 6]), 6), /"b" at data byte 2, overlapping/],
  "a hole": [file(two([0, 2], [3, 6]), 6), /"b" at data byte 3, after a hole/],
  "a hole at the start": [file(tensor({ data_offsets: [4, 8] }), 8), /after a hole/],
  "bytes after the last tensor": [file(tensor({}), 5), /expected \d+ bytes by its header/],
  "too few bytes": [file(tensor({}), 3), /expected \d+ bytes by its header/],
  "a negative offset": [file(tensor({ data_offsets: [-4, 0] }), 4), /bad data_offsets/],
  "offsets out of order": [file(tensor({ data_offsets: [4, 0] }), 4), /bad data_offsets/],
  "a fractional offset": [file(tensor({ data_offsets: [0, 4.5] }), 4), /bad data_offsets/],
  "offsets of strings": [file(tensor({ data_offsets: ["0", "4"] }), 4), /bad data_offsets/],
  "a negative extent": [file(tensor({ shape: [-1] }), 4), /bad shape/],
  "an extent above 2^32": [file(tensor({ shape: [2 ** 33] }), 4), /bad shape/],
  "a shape that overflows": [file(tensor({ shape: Array(40).fill(2 ** 32) }), 4), /4 bytes, exp/],
  "65 axes": [file(tensor({ shape: Array(65).fill(1) }), 4), /bad shape/],
  "a shape of another size": [file(tensor({ shape: [2] }), 4), /4 bytes, expected 8 for F32 \[2\]/],
  "an unknown dtype": [file(tensor({ dtype: "F8_E4M3" }), 4), /dtype "F8_E4M3"/],
  "a dtype of the prototype": [file(tensor({ dtype: "toString" }), 4), /dtype "toString"/],
  "no description": [file('{"x":null}'), /"x" with no description/],
  "metadata of numbers": [file('{"__metadata__":{"a":1}}'), /__metadata__ with other values/],
  "a name that would move the cursor": [file('{"\\u001b[2J":1}'), /"\\u\{1b\}\[2J"/],
};

for (const [what, [bytes, message]] of Object.entries(HOSTILE)) {
  Deno.test(`openSafetensors() refuses ${what}`, () =>
    withFile(
      bytes,
      (path) => assert.rejects(openSafetensors(path), { code: "E-SAFETENSORS", message }),
    ));
}

import assert from "node:assert/strict";
import { integers, normal } from "../../../tests/random.ts";
import type { HostArray } from "../../array.ts";
import type { Device, DeviceTensor } from "../../device/device.ts";
import { openReference } from "../../device/reference/mod.ts";
import { bytesPerRow } from "./batching.ts";
import { forwardBatches, type ForwardOptions, runWithHooks } from "./forward.ts";
import { checkRequest } from "./request.ts";
import { loadModel, type Model } from "../model.ts";
import type { Tokens } from "../tokens.ts";

const FIXTURE = "tests/fixtures/checkpoints/gpt2-hub-style";
const POST = "blocks.1.mlp.hook_post";
const [B, T, V] = [5, 6, 300];
const tokens = integers([B, T], 3, V);

/** Memory in which just `rows` rows of a run fit. */
function memoryFor(model: Model, rows: number, options: ForwardOptions): number {
  return rows * bytesPerRow(model.config, T, checkRequest(model.config, [B, T], options)).total;
}

async function withModel(check: (model: Model) => Promise<void>): Promise<void> {
  await using device = openReference();
  await using model = await loadModel(FIXTURE, device);
  await check(model);
}

interface CountingDevice {
  device: Device;
  /** What was given and did not come back. */
  alive: Set<DeviceTensor>;
  /** Lengths of the token rows that were embedded. */
  embedded: number[];
}

/** The reference device, which remembers what it was asked. */
function countingDevice(): CountingDevice {
  const inner = openReference();
  const alive = new Set<DeviceTensor>();
  const embedded: number[] = [];
  const watched = <Tensor extends DeviceTensor>(tensor: Tensor): Tensor => {
    alive.add(tensor);
    const dispose = () => void alive.delete(tensor);
    return Object.defineProperty(tensor, Symbol.dispose, { value: dispose, configurable: true });
  };
  const device: Device = {
    name: inner.name,
    description: inner.description,
    facts: inner.facts,
    maxTensorBytes: inner.maxTensorBytes,
    upload: (array, label) => {
      if (label === "ids") embedded.push(array.data.length);
      return watched(inner.upload(array, label));
    },
    run: async (graph, inputs) => {
      const outputs = await inner.run(graph, inputs);
      Object.values(outputs).forEach(watched);
      return outputs;
    },
    read: (tensors) => inner.read(tensors),
    take: async (tensors) => {
      const arrays = await inner.take(tensors);
      tensors.forEach((tensor) => alive.delete(tensor));
      return arrays;
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
  return { device, alive, embedded };
}

/** Rows whose first half is one of three and whose second half one of seven; every tenth is row 0. */
function branchingRows(count: number, length: number): Tokens {
  const token = (row: number, t: number) =>
    t === 0 ? 1 : t < length / 2 ? 10 + row * 5 % 3 : 20 + row * 11 % 7;
  const data = Int32Array.from(
    { length: count * length },
    (_, i) => token(Math.floor(i / length) % 10 && Math.floor(i / length), i % length),
  );
  return { data, shape: [count, length] };
}

Deno.test("forwardBatches() yields the rows in order, as many at a time as fit", async () => {
  await withModel(async (model) => {
    const options = { read: [POST, "loss_per_token"] };
    const memory = memoryFor(model, 2, options);
    const progress: [number, number][] = [];
    const onProgress = (done: number, total: number) => void progress.push([done, total]);
    const seen: [number, number][] = [];
    const whole = await runWithHooks(model, tokens, options);
    for await (const batch of forwardBatches(model, tokens, { ...options, memory, onProgress })) {
      const { start, rows, arrays } = batch;
      seen.push([start, rows]);
      assert.deepEqual(Object.keys(arrays).sort(), options.read.toSorted());
      for (const [name, { data, shape }] of Object.entries(arrays)) {
        const size = data.length / rows;
        assert.equal(shape[0], rows);
        assert.deepEqual(data, whole[name]!.data.slice(start * size, (start + rows) * size));
      }
    }
    assert.deepEqual(seen, [[0, 2], [2, 2], [4, 1]]);
    assert.deepEqual(progress, [[2, 5], [4, 5], [5, 5]]);
  });
});

Deno.test("runWithHooks() cuts residuals and whole-shape writes with the rows", async () => {
  await withModel(async (model) => {
    const options: ForwardOptions = {
      read: ["blocks.1.hook_resid_post", "entropy"],
      startLayer: 1,
      residual: normal([B, T, 32], 1),
      writes: [
        { hook: "blocks.1.mlp.hook_pre", kind: "add", value: normal([B, T, 128], 2) },
        { hook: "blocks.1.attn.hook_z", kind: "scale", value: normal([2, 16], 3) },
        { hook: "blocks.1.attn.hook_pattern", kind: "add", value: normal([B, 2, T, T], 4, 0.1) },
      ],
    };
    const whole = await runWithHooks(model, tokens, options);
    for (const rows of [1, 2, 3]) {
      const memory = memoryFor(model, rows, options);
      assert.deepEqual(await runWithHooks(model, tokens, { ...options, memory }), whole);
    }
  });
});

Deno.test("forwardBatches() that shares tells which rows a batch holds", async () => {
  await withModel(async (model) => {
    const rows = branchingRows(60, 12);
    const options: ForwardOptions = { read: [POST, "blocks.0.attn.hook_pattern", "rank"] };
    const whole = await runWithHooks(model, rows, options);
    const request = checkRequest(model.config, [60, 12], { ...options, share: true });
    const memory = 17 * bytesPerRow(model.config, 12, request).total;
    const seen: number[] = [];
    const sizes: number[] = [];
    for await (
      const batch of forwardBatches(model, rows, { ...options, memory, share: true })
    ) {
      assert.equal(batch.start, seen.length);
      assert.equal(batch.rows, batch.places.length);
      assert.deepEqual(batch.places, batch.places.toSorted());
      for (const [name, { data, shape }] of Object.entries(batch.arrays)) {
        const expected = whole[name]!;
        const size = expected.data.length / 60;
        assert.deepEqual(shape, [batch.rows, ...expected.shape.slice(1)]);
        batch.places.forEach((place, row) =>
          assert.deepEqual(
            data.slice(row * size, (row + 1) * size),
            expected.data.slice(place * size, (place + 1) * size),
            `${name} of row ${place}`,
          )
        );
      }
      sizes.push(batch.rows);
      seen.push(...batch.places);
    }
    assert.deepEqual(sizes, [17, 17, 17, 9]);
    assert.deepEqual(seen.toSorted((a, b) => a - b), Array.from({ length: 60 }, (_, row) => row));
    assert.deepEqual(await runWithHooks(model, rows, { ...options, memory, share: true }), whole);
  });
});

Deno.test("a run that shares computes equal rows and long beginnings once", async () => {
  const { device, alive, embedded } = countingDevice();
  await using model = await loadModel(FIXTURE, device);
  const weights = alive.size;
  const rows = branchingRows(300, 20);
  const share = async (options: Partial<ForwardOptions>) => {
    embedded.length = 0;
    await runWithHooks(model, rows, { read: [POST], share: true, ...options });
    return [...embedded];
  };
  // One first token, three first halves, 21 rows. A level for the token alone would not pay.
  assert.deepEqual(await share({}), [3 * 10, 21 * 10]);
  assert.deepEqual(await share({ read: ["logits"], positions: "last" }), [3 * 10, 21 * 10]);
  assert.deepEqual(await share({ read: ["loss_per_token"] }), [3 * 9, 21 * 11]);
  assert.deepEqual(await share({ share: false }), [300 * 20]);
  assert.equal(alive.size, weights);
});

Deno.test("a run that writes or starts from a residual shares nothing", async () => {
  const { device, embedded } = countingDevice();
  await using model = await loadModel(FIXTURE, device);
  const rows = branchingRows(60, 12);
  const value = normal([60, 12, 32], 5);
  const written: ForwardOptions = {
    read: ["blocks.1.hook_resid_post"],
    writes: [{ hook: "blocks.0.hook_resid_pre", kind: "add", value }],
  };
  const started: ForwardOptions = { read: ["entropy"], startLayer: 1, residual: value };
  for (const options of [written, started]) {
    const plain = await runWithHooks(model, rows, options);
    embedded.length = 0;
    assert.deepEqual(await runWithHooks(model, rows, { ...options, share: true }), plain);
    assert.deepEqual(embedded, options.writes ? [60 * 12] : []);
  }
});

Deno.test("runWithHooks() gives only what was asked", async () => {
  await withModel(async (model) => {
    const read = ["rank", "hook_embed"];
    const results = await runWithHooks(model, tokens, { read });
    assert.deepEqual(Object.keys(results).sort(), read.toSorted());
    assert.deepEqual(await runWithHooks(model, tokens, { read: [] }), {});
  });
});

Deno.test("runWithHooks() applies several writes at one hook in the order given", async () => {
  await withModel(async (model) => {
    const hook = "blocks.0.hook_resid_pre";
    const { [hook]: twice } = await runWithHooks(model, tokens, {
      read: [hook],
      writes: [
        { hook, kind: "replace", value: 1 },
        { hook, kind: "clamp", range: [2, 3], positions: [0] },
        { hook, kind: "add", value: 10, features: [5] },
      ],
    });
    twice!.data.forEach((value, i) => {
      const base = Math.floor(i / 32) % T === 0 ? 2 : 1;
      assert.equal(value, i % 32 === 5 ? base + 10 : base);
    });
  });
});

Deno.test("a signal ends a run between two batches, saying how far it came", async () => {
  await withModel(async (model) => {
    const options = { read: [POST] };
    const memory = memoryFor(model, 2, options);
    const stop = new AbortController();
    const onProgress = (done: number) => done >= 4 && stop.abort();
    const { signal } = stop;
    await assert.rejects(runWithHooks(model, tokens, { ...options, memory, onProgress, signal }), {
      code: "E-STOPPED",
      message: 'Cannot finish "forward pass": stopped by a signal after 4 of 5 rows, expected a ' +
        "run to its end",
    });
    await assert.rejects(runWithHooks(model, tokens, { ...options, signal }), /after 0 of 5 rows/);
  });
});

Deno.test("runWithHooks() refuses before it runs", async () => {
  await withModel(async (model) => {
    const run = (given: HostArray<Int32Array>, options: Partial<ForwardOptions> = {}) =>
      runWithHooks(model, given, { read: ["logits"], ...options });
    await assert.rejects(run(integers([1, 49], 1, V)), { code: "E-TOKENS" });
    await assert.rejects(run({ data: Int32Array.of(300), shape: [1, 1] }), { code: "E-TOKENS" });
    await assert.rejects(run(tokens, { read: ["logit"] }), { code: "E-HOOK" });
    await assert.rejects(run(tokens, { memory: 1000 }), { code: "E-DEVICE-MEMORY" });
    const hook = "blocks.0.hook_resid_pre";
    await assert.rejects(run(tokens, { writes: [{ hook, kind: "zero", positions: [6] }] }), {
      code: "E-WRITE",
    });
  });
});

Deno.test("a run gives back every tensor it made, also when it fails", async () => {
  const { device, alive } = countingDevice();
  {
    await using model = await loadModel(FIXTURE, device);
    const weights = alive.size;
    const read = [POST, "blocks.0.hook_resid_pre", "logits", "loss_per_token"];
    await runWithHooks(model, tokens, { read });
    assert.equal(alive.size, weights);
    const hook = "blocks.1.hook_resid_pre";
    const writes = [{ hook, kind: "zero", heads: [0] }] as const;
    await assert.rejects(runWithHooks(model, tokens, { read, writes }), { code: "E-WRITE" });
    assert.equal(alive.size, weights);
  }
  assert.equal(alive.size, 0);
});

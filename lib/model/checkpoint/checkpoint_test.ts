import assert from "node:assert/strict";
import { basename, join, resolve } from "node:path";
import { encodeSafetensors } from "../../store/format/safetensors.ts";
import { concat, makeZip, pickledState } from "./testing.ts";
import { openCheckpoint } from "./checkpoint.ts";

const FIXTURES = "tests/fixtures/checkpoints";

async function inFolder(
  files: Readonly<Record<string, string | Uint8Array>>,
  test: (folder: string) => Promise<unknown>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(join(folder, name), bytes);
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function safetensors(...values: number[]): Uint8Array {
  const x = { data: Float32Array.from(values), shape: [values.length] };
  return concat([...encodeSafetensors({ x })]);
}

function torch(): Uint8Array {
  const x = { count: 1, shape: [1], strides: [1] };
  return makeZip([
    { name: "m/data.pkl", content: pickledState({ x }) },
    { name: "m/data/0", content: new Uint8Array(Float32Array.of(9).buffer) },
  ]);
}

const index = (map: unknown) => JSON.stringify({ metadata: {}, weight_map: map });

function refuses(
  files: Readonly<Record<string, string | Uint8Array>>,
  expected: { code: string; message?: RegExp; hint?: RegExp },
): Promise<void> {
  return inFolder(files, (folder) => assert.rejects(openCheckpoint(folder), expected));
}

async function firstX(folder: string): Promise<number> {
  await using checkpoint = await openCheckpoint(folder);
  return (await checkpoint.read("x"))[0]!;
}

Deno.test("openCheckpoint() prefers safetensors, and one file to shards", () =>
  inFolder({}, async (folder) => {
    await Deno.writeTextFile(
      join(folder, "pytorch_model.bin.index.json"),
      index({ x: "pytorch_model-1.bin" }),
    );
    await Deno.writeFile(join(folder, "pytorch_model-1.bin"), torch());
    assert.equal(await firstX(folder), 9);
    await Deno.writeFile(join(folder, "pytorch_model.bin"), torch());
    assert.equal(await firstX(folder), 9);
    await Deno.writeTextFile(
      join(folder, "model.safetensors.index.json"),
      index({ x: "part.safetensors" }),
    );
    await Deno.writeFile(join(folder, "part.safetensors"), safetensors(2));
    assert.equal(await firstX(folder), 2);
    await Deno.writeFile(join(folder, "model.safetensors"), safetensors(1));
    assert.equal(await firstX(folder), 1);
  }));

Deno.test("openCheckpoint() opens the four kinds of fixtures", async () => {
  for (
    const [name, files, tensors] of [
      ["gpt2-hub-style", 1, 28],
      ["gpt2-crfm-style", 1, 47],
      ["pythia-style", 6, 40],
      ["neox-sequential-style", 6, 40],
    ] as const
  ) {
    await using checkpoint = await openCheckpoint(join(FIXTURES, name));
    assert.equal(checkpoint.files.length, files, name);
    assert.ok(checkpoint.files.every((file) => file === resolve(file)));
    assert.equal(checkpoint.names().length, tensors, name);
  }
});

Deno.test("Checkpoint.shape() names the nearest tensor", () =>
  inFolder({ "model.safetensors": safetensors(1) }, async (folder) => {
    await using checkpoint = await openCheckpoint(folder);
    assert.deepEqual(checkpoint.shape("x"), [1]);
    assert.throws(() => checkpoint.shape("xx"), { code: "E-CHECKPOINT", message: /without ten/ });
    await assert.rejects(checkpoint.read("y"), { code: "E-CHECKPOINT" });
  }));

Deno.test("openCheckpoint() names a missing shard, and closes those it opened", () =>
  refuses(
    {
      "model.safetensors.index.json": index({ x: "a.safetensors", y: "b.safetensors" }),
      "a.safetensors": safetensors(1),
    },
    { code: "E-FILE-MISSING", message: /b\.safetensors": no such file, expected the shard/ },
  ));

Deno.test("openCheckpoint() refuses an index that points elsewhere", async () => {
  for (
    const name of [
      ...["../evil.safetensors", "/etc/passwd", "..", "a/b.safetensors", "a\\b.safetensors"],
      ...["C:x.safetensors", ".hidden.safetensors", "x.safetensors\0", "x.txt", "", 5, null],
    ]
  ) {
    await refuses({ "model.safetensors.index.json": index({ x: name }) }, {
      code: "E-CHECKPOINT",
      message: /expected a plain file name/,
    });
  }
});

Deno.test("openCheckpoint() refuses a malformed index", async () => {
  const name = "model.safetensors.index.json";
  await refuses({ [name]: "{" }, { code: "E-CHECKPOINT", message: /not JSON/ });
  await refuses({ [name]: "{}" }, { code: "E-CHECKPOINT", message: /without weight_map/ });
  await refuses({ [name]: index([]) }, { code: "E-CHECKPOINT", message: /without weight_map/ });
  await refuses({ [name]: index({}) }, { code: "E-CHECKPOINT", message: /index of 0 files/ });
  const many = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [i, `${i}.bin`]));
  await refuses({ [name]: index(many) }, { code: "E-CHECKPOINT", message: /index of 600 files/ });
  await refuses(
    { [name]: index({ z: "a.safetensors" }), "a.safetensors": safetensors(1) },
    { code: "E-CHECKPOINT", message: /a\.safetensors": without tensor "z"/ },
  );
});

Deno.test("openCheckpoint() recognises what stands in for a checkpoint", async () => {
  const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n";
  for (const name of ["model.safetensors", "pytorch_model.bin"]) {
    await refuses({ [name]: "" }, { code: "E-FILE-CORRUPT", message: /0 bytes/ });
    await refuses({ [name]: pointer }, { code: "E-FILE-CORRUPT", hint: /git lfs pull/ });
    await refuses({ [name]: "<!DOCTYPE html>" }, { code: "E-FILE-CORRUPT", message: /a web page/ });
  }
  await refuses({ "model.safetensors.incomplete": "x" }, {
    code: "E-FILE-MISSING",
    message: /still under way \("model.safetensors.incomplete"\)/,
  });
  await refuses({ "config.json": "{}" }, { code: "E-FILE-MISSING", message: /no checkpoint/ });
});

Deno.test("openCheckpoint() refuses halves of either format", async () => {
  const whole = { "model.safetensors": safetensors(1, 2, 3), "pytorch_model.bin": torch() };
  for (const [name, bytes] of Object.entries(whole)) {
    for (const share of [0.1, 0.5, 0.99]) {
      const half = bytes.subarray(0, Math.floor(bytes.length * share));
      const code = name.endsWith(".bin") ? "E-CHECKPOINT" : "E-SAFETENSORS";
      await refuses({ [name]: half }, { code });
    }
  }
});

Deno.test("openCheckpoint() refuses folders and files in each other's place", () =>
  inFolder({}, async (folder) => {
    await assert.rejects(openCheckpoint(join(folder, "none")), { code: "E-FILE-MISSING" });
    await Deno.mkdir(join(folder, "model.safetensors"));
    await assert.rejects(openCheckpoint(folder), { code: "E-FILE-MISSING", message: /a folder/ });
    await Deno.writeTextFile(join(folder, "file"), "x");
    await assert.rejects(openCheckpoint(join(folder, "file")), { code: "E-FILE-MISSING" });
  }));

Deno.test({
  name: "openCheckpoint() names the flag when Deno refuses",
  permissions: { read: false },
  fn: () =>
    assert.rejects(openCheckpoint("cache/models/tiny-gpt2-a"), {
      code: "E-FILE-PERMISSION",
      hint: /--allow-read/,
    }),
});

Deno.test({
  name: "openCheckpoint() says that this user may not read a file",
  // Permissions of files do not bind the superuser.
  ignore: Deno.uid() === 0 || Deno.build.os === "windows",
  fn: () =>
    inFolder({ "model.safetensors": safetensors(1) }, async (folder) => {
      await Deno.chmod(join(folder, "model.safetensors"), 0);
      await assert.rejects(openCheckpoint(folder), {
        code: "E-FILE-PERMISSION",
        message: new RegExp(basename(folder)),
      });
    }),
});

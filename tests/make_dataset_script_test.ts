// un:make-dataset from the command to its files.
import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "./bad_input/command.ts";
import { inFolder } from "./folders.ts";

Deno.test("un:make-dataset keeps rows only of what it would read alike", () =>
  inFolder(async (folder) => {
    const line = `${JSON.stringify({ text: "The war lasted from the year 1732 to 1756." })}\n`;
    for (const name of ["a.txt", "b.txt", "b.jsonl"]) {
      await Deno.writeTextFile(join(folder, name), line.repeat(9));
    }
    const made = async (name: string, ...more: string[]) => {
      const { exit, stdout, stderr } = await run([
        "scripts/universal_neurons/make_dataset.ts",
        ...["--model=cache/models/tiny-gpt2-a", "--ctx=8", "--no-parquet", "--json"],
        ...[`--text=${join(folder, name)}`, `--out=${join(folder, "out")}`, ...more],
      ]);
      assert.equal(exit, 0, stderr);
      const { summary } = JSON.parse(stdout);
      return { documents: summary.read.documents, kept: stderr.includes("kept") };
    };
    assert.deepEqual(await made("a.txt"), { documents: 1, kept: false });
    assert.deepEqual(await made("b.txt"), { documents: 1, kept: true });
    // The same bytes, but the ending says that every line is a document.
    assert.deepEqual(await made("b.jsonl"), { documents: 9, kept: false });
    assert.deepEqual(await made("b.jsonl", "--subset=file"), { documents: 9, kept: false });
  }));

Deno.test("un:make-dataset refuses --split where it would choose nothing", async () => {
  const { exit, stderr } = await run([
    "scripts/universal_neurons/make_dataset.ts",
    ...["--model=cache/models/tiny-gpt2-a", "--text=cache/text/sample.txt", "--split=train"],
  ]);
  assert.equal(exit, 2);
  assert.match(stderr, /--split beside --text, expected --split with --dataset/);
});

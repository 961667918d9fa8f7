import assert from "node:assert/strict";
import { commandLine } from "./meta.ts";

Deno.test("commandLine() is what a POSIX shell reads back word by word", async () => {
  const meta = { id: "x", title: "X", question: "X?", task: "x" };
  const argv = ["--out=a/b.c", "two words", "$HOME", "`id`", "it's", '"', "\\", ""];
  assert.equal(commandLine(meta, argv.slice(0, 2)), "deno task x --out=a/b.c 'two words'");
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", `printf '%s\\n' ${commandLine(meta, argv)}`],
  }).output();
  const words = new TextDecoder().decode(stdout).split("\n").slice(0, -1);
  assert.deepEqual(words, ["deno", "task", "x", ...argv]);
});

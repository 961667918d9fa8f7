import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { readCommit } from "./git.ts";

const A = "a".repeat(40);
const B = "b".repeat(40);

async function project(files: Record<string, string>): Promise<string> {
  const folder = await Deno.makeTempDir();
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  }
  return folder;
}

Deno.test("readCommit() reads detached, loose, packed, worktree and damaged repositories", async () => {
  const cases: [Record<string, string>, string | undefined, string?][] = [
    [{}, undefined],
    [{ ".git/HEAD": `${A}\n` }, A],
    [{ ".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": `${A}\n` }, A],
    [{
      ".git/HEAD": "ref: refs/heads/main\n",
      ".git/packed-refs": `# pack-refs with: peeled\n${B} refs/heads/other\n${A} refs/heads/main\n`,
    }, A],
    [{ ".git/HEAD": "ref: refs/heads/unborn\n" }, undefined],
    [{ ".git/HEAD": "ref: refs/../../secret\n", secret: A }, undefined],
    [{ ".git/HEAD": "garbage\n" }, undefined],
    [
      {
        "tree/.git": "gitdir: ../main/.git/worktrees/tree\n",
        "main/.git/worktrees/tree/HEAD": "ref: refs/heads/side\n",
        "main/.git/worktrees/tree/commondir": "../..\n",
        "main/.git/refs/heads/side": `${B}\n`,
      },
      B,
      "tree",
    ],
  ];
  for (const [files, commit, at = ""] of cases) {
    const folder = await project(files);
    assert.equal(await readCommit(join(folder, at)), commit, JSON.stringify(files));
    await Deno.remove(folder, { recursive: true });
  }
});

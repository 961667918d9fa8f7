import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("render.ts", import.meta.url));
const SPEC = {
  title: "Bars",
  data: { values: [{ x: "a" }, { x: "b" }] },
  mark: "bar",
  encoding: { x: { field: "x", type: "nominal" } },
};

/** Runs the script under exactly the permissions of its first line. */
async function render(args: readonly string[], stdin = "") {
  const shebang = (await Deno.readTextFile(SCRIPT)).split("\n")[0]!;
  const flags = shebang.split(" ").filter((word) => word.startsWith("--"));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, SCRIPT, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin)).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

Deno.test("render draws stdin to stdout", async () => {
  const { code, stdout } = await render([], JSON.stringify(SPEC));
  assert.equal(code, 0);
  assert.match(stdout, /^<svg .*<title [^>]*>Bars<\/title>.*<\/svg>\n$/s);
});

Deno.test("render writes both pictures beside the spec, or one of them into a folder", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/bars.vl.json`, JSON.stringify(SPEC));
    assert.equal((await render([`${folder}/bars.vl.json`])).code, 0);
    assert.equal(
      (await render([`${folder}/bars.vl.json`, "--png", "--out", `${folder}/b`])).code,
      0,
    );
    const names = async (path: string) =>
      (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort();
    assert.deepEqual(await names(folder), ["b", "bars.png", "bars.svg", "bars.vl.json"]);
    assert.deepEqual(await names(`${folder}/b`), ["bars.png"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("render tells input, figure and usage errors apart by exit code", async () => {
  assert.equal((await render([], "{")).code, 4);
  assert.equal((await render([], "[]")).code, 4);
  assert.equal((await render(["/nowhere/spec.vl.json"])).code, 4);
  assert.equal((await render(["--png"])).code, 2);
  const url = await render([], JSON.stringify({ ...SPEC, data: { url: "file:///etc/hosts" } }));
  assert.equal(url.code, 1);
  assert.match(url.stderr, /E-FIGURE/);
});

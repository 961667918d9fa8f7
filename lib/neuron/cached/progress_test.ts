import assert from "node:assert/strict";
import { join } from "node:path";
import { people } from "../../cli/log.ts";
import { readProgress, writeProgress, type Written } from "./progress.ts";

const sums = { overflowed: 3, nonFinite: 0, loss: 0.1 + 0.2, entropy: NaN, rank: 2 ** 53 - 1 };
const WRITTEN: Written = { identity: "a".repeat(64), rows: 12, sums };

Deno.test("readProgress() gives back every bit, and nothing for a damaged record", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "progress.json");
  assert.equal(await readProgress(path), undefined);
  await writeProgress(path, WRITTEN);
  assert.deepEqual(await readProgress(path), WRITTEN);
  const text = await Deno.readTextFile(path);
  const damages = [
    "",
    "null",
    text.slice(0, 40),
    text.replace("/1", "/2"),
    text.replace('"rows":12', '"rows":-1'),
    text.replace('"rows":12', '"rows":1.5'),
    text.replace('"loss"', '"los"'),
    text + " ".repeat(5000),
  ];
  const { quiet } = people;
  people.quiet = true;
  for (const damage of damages) {
    await Deno.writeTextFile(path, damage);
    assert.equal(await readProgress(path), undefined, damage);
  }
  people.quiet = quiet;
  await Deno.remove(folder, { recursive: true });
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { countOf, type Fault, type Outcome, plantFaults } from "./plant_faults.ts";

const PROJECT = {
  "deno.json": '{ "lock": false }',
  "sum.ts": "export const sum = (a: number, b: number) => a + b;\nexport const unused = 1;\n",
  "sum_test.ts": `import { sum } from "./sum.ts";
Deno.test("sum() adds when numbers are given", () => {
  if (sum(2, 3) !== 5) throw new Error("wrong");
});
Deno.test("sum() is zero when there is nothing", () => {
  if (sum(0, 0) !== 0) throw new Error("wrong");
});
`,
  "red_test.ts": 'Deno.test("red", () => {\n  throw new Error("always");\n});\n',
};

async function outcomes(faults: Omit<Fault, "why">[]): Promise<Outcome[]> {
  const root = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(PROJECT)) {
      await Deno.writeTextFile(join(root, name), text);
    }
    const found = await Array.fromAsync(
      plantFaults(root, faults.map((fault) => ({ ...fault, why: "a fault" }))),
    );
    assert.equal(await Deno.readTextFile(join(root, "sum.ts")), PROJECT["sum.ts"]);
    return found;
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("plantFaults() tells caught from survived, stale and broken when each is planted", async () => {
  const file = "sum.ts";
  const tests = ["sum_test.ts"];
  const found = await outcomes([
    { file, find: "a + b", replace: "a - b", tests },
    { file, find: "unused = 1", replace: "unused = 2", tests },
    { file, find: "export", replace: "", tests },
    { file, find: "a * b", replace: "a - b", tests },
    { file, find: "a + b", replace: "a +", tests },
    { file, find: "a + b", replace: "a - b", tests: ["red_test.ts"] },
    { file, find: "a + b", replace: "a - b", tests, filter: "nothing" },
    { file: "gone.ts", find: "a + b", replace: "a - b", tests },
  ]);
  assert.deepEqual(found.map(({ verdict }) => verdict), [
    "caught",
    "survived",
    "stale",
    "stale",
    "broken",
    "broken",
    "survived",
    "stale",
  ]);
  assert.equal(found[0]!.detail, "sum() adds when numbers are given");
});

Deno.test("countOf() counts plain text when it holds pattern characters", () => {
  assert.equal(countOf("a.b a.b axb", "a.b"), 2);
  assert.equal(countOf("", "a"), 0);
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { circuitJson } from "./circuit.ts";
import { stableJson } from "../../store/format/json.ts";
import { PAPER_CIRCUIT } from "../paper/paper_circuit.ts";
import { readCircuit } from "./read_circuit.ts";

const SIZES = { nLayer: 12, nHead: 12 };

async function withFile(text: string, check: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "circuit.json");
    await Deno.writeTextFile(path, text);
    await check(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readCircuit() takes back what circuitJson() wrote, weights included", async () => {
  const [first, ...rest] = PAPER_CIRCUIT.edges;
  const circuit = { ...PAPER_CIRCUIT, edges: [{ ...first!, weight: -0.125 }, ...rest] };
  await withFile(stableJson(circuitJson(circuit)), async (path) => {
    assert.deepEqual(await readCircuit(path, SIZES), circuit);
  });
});

Deno.test("readCircuit() takes an edge without channel for all channels it can use", async () => {
  const file = { schema: "neurite.circuit/1", edges: [] as unknown[] };
  file.edges = [{ edge: "m0@YY->a5.h5@END" }, { edge: "a5.h5@END->logits@END" }];
  await withFile(JSON.stringify(file), async (path) => {
    const { name, edges } = await readCircuit(path, SIZES);
    assert.equal(name, "unnamed");
    assert.deepEqual(edges.map(({ channel }) => channel), ["k", "v", "x"]);
  });
});

Deno.test("readCircuit() names the file and what is wrong in it", async () => {
  const withEdges = (...edges: unknown[]) => JSON.stringify({ schema: "neurite.circuit/1", edges });
  const refused: [string, RegExp][] = [
    ["{", /no JSON/],
    ["[]", /schema no object, expected "neurite\.circuit\/1"/],
    ['{"schema": "other"}', /schema "other"/],
    [withEdges(), /no list of edges/],
    [withEdges({ edge: 3 }), /\{"edge":3\} as edge 0/],
    [withEdges({ edge: "m1@END->logits@END", weight: "big" }), /as edge 0/],
    [withEdges({ edge: "a12.h0@END->logits@END" }), /edge 0: .*a12\.h0.*a layer beyond.*12 layers/],
    [withEdges({ edge: "a9.h12@END->logits@END" }), /a head beyond/],
    [withEdges({ edge: "m9->logits@END" }), /edge 0: /],
    [withEdges({ edge: "m9@END->m8@END" }), /computed after its receiver/],
    [withEdges({ edge: "m8@END->m9@END" }), /no edge into the logits/],
  ];
  for (const [text, message] of refused) {
    await withFile(text, async (path) => {
      const error = await readCircuit(path, SIZES).catch((caught) => caught);
      assert.equal(error.code, "E-CIRCUIT");
      assert.ok(error.message.startsWith(`Cannot read circuit "${path}": `), error.message);
      assert.match(error.message, message);
    });
  }
  await assert.rejects(readCircuit("no/such/circuit.json", SIZES), { code: "E-FILE-MISSING" });
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { circuitJson } from "./circuit.ts";
import { stableJson } from "../../store/format/json.ts";
import { PAPER_CIRCUIT } from "../paper/paper_circuit.ts";
import { edgeName } from "./patch_plan.ts";
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

Deno.test("readCircuit() escapes and cuts a name that a terminal would obey", async () => {
  const nameOf = async (name: string) => {
    const edges = [{ edge: "m1@END->logits@END" }];
    let read = "";
    await withFile(JSON.stringify({ schema: "neurite.circuit/1", name, edges }), async (path) => {
      read = (await readCircuit(path, SIZES)).name;
    });
    return read;
  };
  assert.equal(await nameOf('the "late" MLPs'), 'the "late" MLPs');
  assert.equal(await nameOf("\u001b]0;title\u0007"), "\\u{1b}]0;title\\u{7}");
  assert.equal(await nameOf("a\u202eb"), "a\\u{202e}b");
  assert.equal(await nameOf("x".repeat(1e6)), "x".repeat(80));
  const long = await nameOf("\n".repeat(1e4));
  assert.ok(long.length <= 80 && !/\p{C}/u.test(long));
  for (const name of [long, "a\\u{202e}b", "\u{1f600}".repeat(50)]) {
    assert.equal(await nameOf(name), name, "read back as it was written");
  }
});

Deno.test("readCircuit() keeps an edge given twice once, with its weight", async () => {
  const file = {
    schema: "neurite.circuit/1",
    edges: [
      { edge: "m1@END->logits@END", weight: 0.5 },
      { edge: "a0.h1@END->m1@END" },
      { edge: "m1@END->logits@END" },
      { edge: "a0.h1@END->m1@END", weight: -1 },
    ],
  };
  await withFile(JSON.stringify(file), async (path) => {
    const { edges } = await readCircuit(path, SIZES);
    assert.deepEqual(edges.map((edge) => [edgeName(edge), edge.weight]), [
      ["m1@END->logits@END", 0.5],
      ["a0.h1@END->m1@END", -1],
    ]);
  });
});

Deno.test("readCircuit() does not read a device for ever", async () => {
  await assert.rejects(readCircuit("/dev/zero", SIZES), {
    code: "E-FILE-MISSING",
    message: /"\/dev\/zero": a pipe or device, expected a file/,
  });
});

Deno.test("readCircuit() keeps what the weights of a file were measured on", async () => {
  const weighed = { model: "tiny", prompts: 6, seed: 0 };
  const edges = [{ ...PAPER_CIRCUIT.edges[0]!, weight: 0.25 }, ...PAPER_CIRCUIT.edges.slice(1)];
  const circuit = { ...PAPER_CIRCUIT, edges, weighed };
  await withFile(stableJson(circuitJson(circuit)), async (path) => {
    assert.deepEqual(await readCircuit(path, SIZES), circuit);
  });
});

Deno.test("readCircuit() names the file and what is wrong in it", async () => {
  const withEdges = (...edges: unknown[]) => JSON.stringify({ schema: "neurite.circuit/1", edges });
  const withProvenance = (text: string) =>
    withEdges({ edge: "m1@END->logits@END" }).replace("{", `{"provenance":{"by":${text}},`);
  const refused: [string, RegExp][] = [
    ["{", /no JSON/],
    ["[]", /schema no object, expected "neurite\.circuit\/1"/],
    [JSON.stringify({ schema: "\u001b[2J" }), /schema "\\u\{1b\}\[2J"/],
    [JSON.stringify({ schema: "x".repeat(1e6) }), /schema "x{100}…"/],
    ['{"schema": {"a": [1]}}', /schema "\{\\"a\\":\[1\]\}"/],
    ['{"schema": "other"}', /schema "other"/],
    [withEdges(), /no list of edges/],
    [withEdges({ edge: 3 }), /"\{\\"edge\\":3\}" as edge 0/],
    [withEdges({ edge: "m1@END->logits@END", weight: "big" }), /as edge 0/],
    [withEdges({ edge: "m1@END->\u001b[31m@END" }), /"\{\\"edge\\":\\"m1@END->\\\\u001b\[31m@END/],
    [withEdges({ edge: "m1@END->m2@END\u202e" }), /\\u\{202e\}.*" as edge 0/],
    [withEdges({ edge: "m1@END->".repeat(1e5) }), /^.{1,600}$/],
    [withEdges({ edge: "m1@END->m2@END", weight: 1 }).replace(":1}", ":1e999}"), /weight Infinity/],
    [withEdges(5).replace("5", "[".repeat(1e5) + "]".repeat(1e5)), /as edge 0|no JSON/],
    [
      withProvenance("[".repeat(99) + "]".repeat(99)),
      /provenance that cannot be written as JSON again, .*few levels/,
    ],
    [withProvenance("-1e999"), /provenance that cannot be written as JSON/],
    [
      withProvenance(`"${"x".repeat(1e5)}"`),
      /provenance of 100\d+ characters, .*at most 65536 characters/,
    ],
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

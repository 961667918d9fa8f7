/**
 * The cases every device is held to: each operation at shapes on and off the tile grid, with more
 * than 256 rows, with one row, and at values where float32 is hard.
 *
 * @module
 */
import type { HostArray } from "../lib/array.ts";
import { Graph, type OpName, UNEMBED_STATS, type Value } from "../lib/device/graph.ts";
import * as ops from "../lib/device/ops.ts";
import { integers, normal } from "./random.ts";

/** One graph with its inputs. */
export interface OpCase {
  /** Unique, starts with the operation. */
  name: string;
  /** The operation under test. */
  op: OpName;
  /** Builds the graph anew. */
  build(): Graph;
  /** Data by input name. */
  inputs: Record<string, HostArray<Float32Array | Int32Array>>;
}

type Inputs = OpCase["inputs"];
type Outputs = Value | Partial<Record<string, Value>>;

function opCase(
  op: OpName,
  detail: string,
  inputs: Inputs,
  apply: (graph: Graph, values: Record<string, Value>) => Outputs,
): OpCase {
  const build = () => {
    const graph = new Graph();
    const values = Object.fromEntries(
      Object.entries(inputs).map(([name, { data, shape }]) => [
        name,
        graph.input(name, shape, data instanceof Int32Array ? "i32" : "f32"),
      ]),
    );
    const result = apply(graph, values);
    if ("id" in result) graph.output("y", result as Value);
    else Object.entries(result).forEach(([name, value]) => graph.output(name, value as Value));
    return graph;
  };
  return { name: `${op}: ${detail}`, op, build, inputs };
}

function shifted(array: HostArray<Float32Array>, offset: number): HostArray<Float32Array> {
  return { data: array.data.map((x) => x + offset), shape: array.shape };
}

const LINEAR_SHAPES: [number, number, number][] = [
  [1, 7, 5],
  [13, 48, 144],
  [65, 33, 130],
  [300, 64, 48],
  [512, 16, 132],
  [16, 768, 64],
];

const crossMomentCases = ([
  [1, 3, 5],
  [7, 16, 33],
  [64, 65, 132],
  [300, 132, 64],
  [52, 516, 132],
] as [number, number, number][]).map(([K, M, N], i): OpCase => {
  const x = normal([K, M], 700 + i);
  const y = normal([K, N], 710 + i, 1 / Math.sqrt(K));
  return opCase(
    "crossMoment",
    `[${K}, ${M}]ᵀ · [${K}, ${N}]`,
    { x, y },
    (g, v) => ops.crossMoment(g, v.x!, v.y!),
  );
});

const linearCases = LINEAR_SHAPES.flatMap(([N, K, M], i): OpCase[] => {
  const x = normal([N, K], 10 + i);
  const w = normal([K, M], 20 + i, 1 / Math.sqrt(K));
  const b = normal([M], 30 + i);
  const r = normal([N, M], 40 + i);
  const shape = `[${N}, ${K}] · [${K}, ${M}]`;
  return [
    opCase("linear", shape, { x, w }, (g, v) => ops.linear(g, v.x!, v.w!)),
    opCase(
      "linear",
      `${shape} + bias + residual`,
      { x, w, b, r },
      (g, v) => ops.linear(g, v.x!, v.w!, { bias: v.b, residual: v.r }),
    ),
    ...(["gelu_tanh", "gelu_erf"] as const).map((activation) =>
      opCase(
        "linear",
        `${shape} + bias, ${activation}`,
        { x, w, b },
        (g, v) => ops.linear(g, v.x!, v.w!, { bias: v.b, activation }),
      )
    ),
  ];
});

const ATTENTION_SHAPES: [number, number, number, number, number][] = [
  [1, 1, 1, 1, 4],
  [2, 13, 13, 3, 8],
  [1, 5, 17, 2, 12],
  [3, 20, 20, 2, 64],
  [1, 300, 300, 1, 4],
];

const attentionCases = ATTENTION_SHAPES.flatMap(([B, T, S, H, K], i): OpCase[] => {
  const q = normal([B, T, H, K], 50 + i);
  const k = normal([B, S, H, K], 60 + i);
  const v = normal([B, S, H, K], 70 + i);
  const shape = `B ${B}, T ${T}, S ${S}, H ${H}, K ${K}`;
  const scale = 1 / Math.sqrt(K);
  return [
    opCase(
      "attentionScores",
      shape,
      { q, k },
      (g, x) => ops.attentionScores(g, x.q!, x.k!, scale),
    ),
    opCase(
      "attentionPattern",
      shape,
      { q, k },
      (g, x) => ops.attentionPattern(g, ops.attentionScores(g, x.q!, x.k!, 3 * scale)),
    ),
    opCase("attentionMix", shape, { q, k, v }, (g, x) => {
      const pattern = ops.attentionPattern(g, ops.attentionScores(g, x.q!, x.k!, scale));
      return ops.attentionMix(g, pattern, x.v!);
    }),
  ];
});

const writtenPattern = opCase("attentionMix", "a pattern with weight above the diagonal", {
  pattern: normal([2, 3, 5, 7], 300),
  v: normal([2, 7, 3, 4], 301),
}, (g, v) => ops.attentionMix(g, v.pattern!, v.v!));

const headCases: OpCase[] = [[1, 1, 1, 4, 8], [2, 13, 3, 8, 24], [1, 20, 12, 4, 48]].map(
  ([B, T, H, K, D], i) =>
    opCase("headResult", `B ${B}, T ${T}, H ${H}, K ${K}, D ${D}`, {
      z: normal([B!, T!, H!, K!], 80 + i),
      w: normal([H! * K!, D!], 90 + i),
    }, (g, v) => ops.headResult(g, v.z!, v.w!)),
);

const sumCases: OpCase[] = [[1, 1, 1, 3], [2, 13, 12, 48]].map(([B, T, H, D], i) =>
  opCase("sumHeads", `B ${B}, T ${T}, H ${H}, D ${D}`, {
    r: normal([B!, T!, H!, D!], 100 + i),
    b: normal([D!], 110 + i),
  }, (g, v) => ops.sumHeads(g, v.r!, v.b!))
);

const normCases: OpCase[] = [[1, 4], [300, 48], [13, 257], [5, 1024]].flatMap(([N, D], i) => {
  const x = normal([N!, D!], 120 + i, 3);
  const w = shifted(normal([D!], 130 + i, 0.2), 1);
  const b = normal([D!], 140 + i);
  const scale = { data: normal([N!], 150 + i).data.map((s) => 1 + s * s), shape: [N!, 1] };
  const shape = `[${N}, ${D}]`;
  return [
    opCase("layerNorm", shape, { x, w, b }, (g, v) => ops.layerNorm(g, v.x!, v.w!, v.b!, 1e-5)),
    opCase(
      "layerNorm",
      `${shape}, mean 100`,
      { x: shifted(x, 100), w, b },
      (g, v) => ops.layerNorm(g, v.x!, v.w!, v.b!, 1e-5),
    ),
    opCase("layerNormScale", shape, { x }, (g, v) => ops.layerNormScale(g, v.x!, 1e-5)),
    opCase(
      "layerNormApply",
      shape,
      { x, scale, w, b },
      (g, v) => ops.layerNormApply(g, v.x!, v.scale!, v.w!, v.b!),
    ),
  ];
});

const geluInput = {
  data: Float32Array.from({ length: 601 }, (_, i) => (i - 300) / 25),
  shape: [601, 1],
};
const geluCases = (["tanh", "erf"] as const).map((form) =>
  opCase("gelu", `${form}, −12 to 12`, { x: geluInput }, (g, v) => ops.gelu(g, v.x!, form))
);

const rotaryCases: OpCase[] = [[2, 13, 3, 8, 4, 0], [1, 300, 2, 16, 16, 5]].map(
  ([B, T, H, K, dims, start], i) =>
    opCase(
      "rotary",
      `B ${B}, T ${T}, H ${H}, K ${K}, dims ${dims}, start ${start}`,
      { x: normal([B!, T!, H!, K!], 160 + i) },
      (g, v) =>
        ops.rotary(g, v.x!, {
          frequencies: Array.from({ length: dims! / 2 }, (_, r) => 10000 ** (-2 * r / dims!)),
          start: start!,
        }),
    ),
);

const simpleCases: OpCase[] = [
  opCase("reshape", "an input is an output", { x: normal([4, 6], 167) }, (g, v) => ({
    same: v.x,
    view: ops.reshape(g, v.x!, [24]),
  })),
  opCase("reshape", "[6, 20] to [2, 3, 20], both are outputs", {
    x: normal([6, 20], 168),
    w: normal([20, 4], 169),
  }, (g, v) => {
    const x = ops.add(g, v.x!, v.x!);
    const view = ops.reshape(g, x, [2, 3, 20]);
    return { x, view, product: ops.linear(g, view, v.w!) };
  }),
  opCase("gather", "table [300, 33], 5 ids", {
    table: normal([300, 33], 170),
    ids: integers([5], 171, 300),
  }, (g, v) => ops.gather(g, v.table!, v.ids!)),
  opCase("gather", "table [7, 48], 400 ids", {
    table: normal([7, 48], 172),
    ids: integers([400], 173, 7),
  }, (g, v) => ops.gather(g, v.table!, v.ids!)),
  opCase(
    "add",
    "[3, 77]",
    { a: normal([3, 77], 174), b: normal([3, 77], 175) },
    (g, v) => ops.add(g, v.a!, v.b!),
  ),
  opCase(
    "add",
    "[70000]",
    { a: normal([70000], 176), b: normal([70000], 177) },
    (g, v) => ops.add(g, v.a!, v.b!),
  ),
];

const concatCases: OpCase[] = [[1, 1, 1, 1], [5, 3, 4, 33], [300, 2, 1, 7], [3, 70, 130, 16]].map(
  ([B, P, T, W], i) =>
    opCase("concat", `[${B}, ${P}, 2, ${W}] and [${B}, ${T}, 2, ${W}]`, {
      a: normal([B!, P!, 2, W!], 310 + i),
      b: normal([B!, T!, 2, W!], 320 + i),
    }, (g, v) => ops.concat(g, v.a!, v.b!)),
);

const writeCases = (["replace", "add", "scale", "atMost", "atLeast"] as const).flatMap((kind, i) =>
  [[1, 1], [6, 1], [1, 20], [6, 20]].map(([rows, columns], j) =>
    opCase("write", `${kind}, value [${rows}, ${columns}]`, {
      x: normal([2, 3, 4, 5], 180 + i),
      rows: { data: Float32Array.of(1, 0, 1, 1, 0, 1), shape: [6] },
      columns: { data: Float32Array.from({ length: 20 }, (_, c) => c % 3 ? 1 : 0), shape: [20] },
      value: normal([rows!, columns!], 190 + j),
    }, (g, v) => ops.write(g, v.x!, kind, { rows: v.rows!, columns: v.columns!, value: v.value! }))
  )
);

/** Every subset of what an update may be given, and each statistic apart from the others. */
const updateCases = [[1, 1, 50], [13, 5, 300], [300, 8, 1031]].flatMap(
  ([N, K, V], i): OpCase[] => {
    const given: Inputs = {
      base: normal([N!, V!], 260 + i, 6),
      scale: { data: normal([N!], 270 + i).data.map((s) => 0.5 + Math.abs(s) / 4), shape: [N!] },
      bias: normal([V!], 280 + i),
    };
    const x = normal([N!, K!], 290 + i);
    const w = normal([V!, K!], 300 + i);
    const targets = integers([N!], 310 + i, V!);
    const columns = integers([7], 320 + i, V!);
    const shape = `N ${N}, K ${K}, V ${V}`;
    const subsets = [["base"], ["scale"], ["base", "bias"], ["scale", "bias"], [
      "base",
      "scale",
    ], ["base", "scale", "bias"]];
    const stats = [UNEMBED_STATS, ["targetLogit", "columnLogits"], ["logZ"]] as const;
    return subsets.flatMap((names) =>
      stats.map((asked) =>
        opCase("unembedStats", `${shape}, ${names.join(" + ")}, ${asked.join(" ")}`, {
          x,
          w,
          targets,
          columns,
          ...Object.fromEntries(names.map((name) => [name, given[name]!])),
        }, (g, v) => {
          const { targets, columns, base, scale, bias } = v;
          return ops.unembedStats(g, v.x!, v.w!, {
            base,
            scale,
            bias,
            ...(asked.length === 1 ? {} : { targets, columns }),
            stats: asked,
          });
        })
      )
    );
  },
);

const unembedCases = [[1, 16, 50], [13, 32, 300], [300, 24, 1031]].flatMap(
  ([N, D, V], i): OpCase[] => {
    const x = normal([N!, D!], 200 + i);
    const w = normal([V!, D!], 210 + i);
    const bias = normal([V!], 220 + i);
    const targets = integers([N!], 230 + i, V!);
    const columns = integers([7], 240 + i, V!);
    const shape = `N ${N}, D ${D}, V ${V}`;
    return [
      opCase("logits", shape, { x, w }, (g, v) => ops.logits(g, v.x!, v.w!)),
      opCase(
        "logits",
        `${shape}, bias`,
        { x, w, bias },
        (g, v) => ops.logits(g, v.x!, v.w!, v.bias!),
      ),
      opCase(
        "unembedStats",
        `${shape}, all`,
        { x, w, targets, columns },
        (g, v) =>
          ops.unembedStats(g, v.x!, v.w!, {
            targets: v.targets,
            columns: v.columns,
            stats: UNEMBED_STATS,
          }),
      ),
      opCase(
        "unembedStats",
        `${shape}, bias, logZ`,
        { x, w, bias },
        (g, v) => ops.unembedStats(g, v.x!, v.w!, { bias: v.bias, stats: ["logZ"] }),
      ),
      opCase(
        "unembedStats",
        `${shape}, columns only`,
        { x, w, columns },
        (g, v) => ops.unembedStats(g, v.x!, v.w!, { columns: v.columns, stats: ["columnLogits"] }),
      ),
    ];
  },
);

/** Tokens that the vocabulary does not have, and a row that is NaN. */
const outsideCases = [[], ["base", "scale"]].flatMap((names) =>
  ([UNEMBED_STATS, ["logZ", "columnLogits"], ["targetLogit", "columnLogits"]] as const).map(
    (stats): OpCase => {
      const [N, K, V] = [5, 3, 50];
      const x = normal([N, K], 350);
      x.data[4 * K] = NaN;
      const given: Inputs = { base: normal([N, V], 351), scale: normal([N], 352) };
      return opCase("unembedStats", `tokens outside, ${[...names, ...stats].join(" ")}`, {
        x,
        w: normal([V, K], 353),
        targets: { data: Int32Array.of(V, -1, V - 1, -V - 1, 0), shape: [N] },
        columns: { data: Int32Array.of(-1, 0, V, V - 1, 1 << 30), shape: [5] },
        ...Object.fromEntries(names.map((name) => [name, given[name]!])),
      }, (g, v) => {
        const { targets, columns, base, scale } = v;
        return ops.unembedStats(g, v.x!, v.w!, { targets, columns, base, scale, stats });
      });
    },
  )
);

/** A table as the rows: larger than its logits, so that it is split where tables are. */
const tableCase = opCase("logits", "N 500, D 24, V 5, bias", {
  x: normal([500, 24], 330),
  w: normal([5, 24], 331),
  bias: normal([5], 332),
}, (g, v) => ops.logits(g, v.x!, v.w!, v.bias!));

/** All cases. */
export const OP_CASES: readonly OpCase[] = [
  ...simpleCases,
  ...concatCases,
  ...linearCases,
  ...crossMomentCases,
  ...geluCases,
  ...normCases,
  ...rotaryCases,
  ...attentionCases,
  writtenPattern,
  ...headCases,
  ...sumCases,
  ...writeCases,
  ...unembedCases,
  ...updateCases,
  ...outsideCases,
  tableCase,
];

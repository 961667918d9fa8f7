import assert from "node:assert/strict";
import fc from "fast-check";
import { normal } from "../../../tests/random.ts";
import { openTrial, type TrialShape } from "./gemm_trial.ts";
import {
  chooseVariant,
  type Gemm,
  GEMM_TILES,
  type GemmVariant,
  isAligned,
} from "./lowering/gemm.ts";
import { probeWebGpu } from "./mod.ts";
import { openContext } from "./open.ts";

const absent = !(await probeWebGpu()).found;
const ALL = Object.keys(GEMM_TILES) as GemmVariant[];

const SHAPES: TrialShape[] = [
  { m: 1, n: 1, k: 1 },
  { m: 16, n: 16, k: 16 },
  { m: 257, n: 33, k: 19 },
  { m: 300, n: 132, k: 36 },
  { m: 130, n: 260, k: 20 },
  { m: 300, n: 131, k: 36, transposedB: true },
  { m: 33, n: 50, k: 129, transposedB: true },
  { m: 260, n: 132, k: 52, transposedA: true },
  { m: 67, n: 35, k: 129, transposedA: true },
  { m: 5, n: 7, k: 0 },
];

function aligned({ m, n, k, transposedA = false, transposedB = false }: TrialShape): boolean {
  const strides = { aRow: transposedA ? m : k, bRow: transposedB ? k : n, cRow: n };
  const operand = { slot: 0, part: 0 };
  const operands = { a: operand, b: operand, c: operand };
  return isAligned({ name: "x", m, n, k, transposedA, transposedB, ...strides, ...operands });
}

Deno.test({
  name:
    "every GEMM variant gives the same bits, near the exact product, when shapes are off the grid",
  ignore: absent, // no adapter of any kind on this machine
  fn: async (t) => {
    const { context } = await openContext({ allowSoftware: true });
    for (const [index, shape] of SHAPES.entries()) {
      const { m, n, k, transposedA = false, transposedB = false } = shape;
      const turned = [transposedA ? ", a transposed" : "", transposedB ? ", b transposed" : ""];
      await t.step(`m ${m}, n ${n}, k ${k}${turned.join("")}`, async () => {
        const a = normal([m, k], 300 + index).data;
        const b = normal([k, n], 400 + index).data;
        let bits: Int32Array | undefined;
        for (const variant of ALL) {
          if (variant === "gemm_128x128" && !aligned(shape)) continue;
          using trial = await openTrial(context, variant, { shape, a, b });
          trial.record(1);
          const c = await trial.read();
          bits ??= new Int32Array(c.buffer);
          assert.deepEqual(new Int32Array(c.buffer), bits, `${variant} against gemm_naive`);
          for (let i = 0; i < m * n; i += 1 + Math.floor(m * n / 500)) {
            const [row, column] = [Math.floor(i / n), i % n];
            let exact = 0;
            let aNorm = 0;
            let bNorm = 0;
            for (let j = 0; j < k; j++) {
              const left = a[transposedA ? j * m + row : row * k + j]!;
              const right = b[transposedB ? column * k + j : j * n + column]!;
              exact += left * right;
              aNorm += left * left;
              bNorm += right * right;
            }
            const limit = 1e-6 * Math.sqrt(aNorm * bNorm);
            assert.ok(
              Math.abs(c[i]! - exact) <= limit,
              `${c[i]} against ${exact} at ${row}, ${column}`,
            );
          }
        }
      });
    }
    context.close(false);
  },
});

function problem(m: number, n: number, k: number): Gemm {
  const operand = { slot: 0, part: 0 };
  return { name: "x", m, n, k, a: operand, b: operand, c: operand, aRow: k, bRow: n, cRow: n };
}

Deno.test("chooseVariant() takes small tiles for few rows and vec4 reads for large aligned shapes", () => {
  assert.equal(chooseVariant(problem(64, 768, 768)), "gemm_16x16");
  assert.equal(chooseVariant(problem(65, 768, 768)), "gemm_64x32");
  assert.equal(chooseVariant(problem(512, 768, 768)), "gemm_128x128");
  assert.equal(chooseVariant(problem(512, 64, 768)), "gemm_64x32");
  assert.equal(chooseVariant(problem(4096, 50257, 768)), "gemm_64x32");
  const transposed = { ...problem(4096, 50257, 768), transposedB: true, bRow: 768 };
  assert.equal(chooseVariant(transposed), "gemm_128x128");
});

Deno.test("chooseVariant() never takes gemm_128x128 where a vec4 read would be misaligned", () => {
  const extent = fc.integer({ min: 1, max: 2000 });
  fc.assert(fc.property(extent, extent, extent, (m, n, k) => {
    const gemm = problem(m, n, k);
    if (chooseVariant(gemm) === "gemm_128x128") assert.ok(n % 4 === 0 && k % 4 === 0);
  }));
});

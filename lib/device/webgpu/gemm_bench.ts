/**
 * GFLOP/s of every GEMM variant on the machine at hand: `deno bench -A lib/device/webgpu/gemm_bench.ts`.
 *
 * One iteration records the product `REPEATS` times and fences once, so that the fence (11 ms in
 * Deno) is shared; it is part of the figures printed at the end. `NEURITE_BENCH_SOFTWARE=1`
 * allows llvmpipe, whose numbers say nothing about a GPU.
 */
import { openTrial, type Trial } from "./gemm_trial.ts";
import { GEMM_TILES, type GemmVariant } from "./lowering/gemm.ts";
import { probeWebGpu } from "./mod.ts";
import { openContext } from "./open.ts";

const probe = await probeWebGpu();
const allowSoftware = Deno.env.get("NEURITE_BENCH_SOFTWARE") === "1";
const runnable = probe.found && (allowSoftware || !probe.adapter.isSoftware);

/** Best seconds an iteration, by title. */
const best = new Map<string, { seconds: number; gigaflop: number }>();

/** Shapes of GPT-2 small: a prompt batch, MLP in and out, the unembedding; or a small one on a CPU. */
const SHAPES = probe.found && probe.adapter.isSoftware ? [{ m: 128, n: 128, k: 128 }] : [
  { m: 48, n: 3072, k: 768 },
  { m: 512, n: 768, k: 768 },
  { m: 4096, n: 3072, k: 768 },
  { m: 4096, n: 768, k: 3072 },
  { m: 1024, n: 50_256, k: 768, transposedB: true },
];

const REPEATS = probe.found && probe.adapter.isSoftware ? 1 : 20;

/** The table people read: the best iteration of each, as GFLOP/s, fence included. */
function report(): void {
  const lines = [...best].map(([title, { seconds, gigaflop }]) =>
    `${(gigaflop / seconds).toFixed(1).padStart(10)} GFLOP/s  ${title}\n`
  );
  Deno.stderr.writeSync(new TextEncoder().encode(lines.join("")));
}

function ramp(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => ((i * 2654435761) % 1024) / 1024 - 0.5);
}

if (runnable) {
  globalThis.addEventListener("unload", report);
  const { context } = await openContext({ allowSoftware, submitEvery: 64 });
  for (const shape of SHAPES) {
    const { m, n, k } = shape;
    const group = `m ${m}, n ${n}, k ${k}${shape.transposedB ? ", b transposed" : ""}`;
    const a = ramp(m * k);
    const b = ramp(k * n);
    for (const variant of Object.keys(GEMM_TILES) as GemmVariant[]) {
      let trial: Trial | undefined;
      const gigaflop = 2 * m * n * k * REPEATS / 1e9;
      Deno.bench({
        name: `${variant}, ${group}`,
        group,
        baseline: variant === "gemm_naive",
        fn: async (bench) => {
          trial ??= await openTrial(context, variant, { shape, a, b });
          const title = `${variant}, ${group}`;
          const start = performance.now();
          bench.start();
          trial.record(REPEATS);
          await trial.wait();
          bench.end();
          const seconds = (performance.now() - start) / 1e3;
          const known = best.get(title)?.seconds ?? Infinity;
          best.set(title, { seconds: Math.min(seconds, known), gigaflop });
        },
      });
    }
  }
}

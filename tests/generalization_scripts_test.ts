// sequence_generalization, appendix_plots and random_circuit_ablation from the command to their files.
import assert from "node:assert/strict";
import { join } from "node:path";
import { readTable } from "../lib/store/format/read_table.ts";
import { readSafetensors } from "../lib/store/format/safetensors.ts";
import { run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";

const MODEL = "cache/models/tiny-gpt2-a";
const GENERALIZATION = "scripts/greater_than/sequence_generalization.ts";
const ABLATION = "scripts/greater_than/random_circuit_ablation.ts";
const PLOTS = "scripts/greater_than/appendix_plots.ts";

/** Heads a1.h2 and a2.h2 by MLPs 2 and 3, without a lower part. */
const CIRCUIT = {
  schema: "neurite.circuit/1",
  name: "small",
  edges: [
    "a1.h2@END->m2@END",
    "a2.h2@END->m2@END",
    "a2.h2@END->m3@END",
    "m2@END->m3@END",
    "m2@END->logits@END",
    "m3@END->logits@END",
  ].map((edge) => ({ edge })),
};

async function withCircuit(use: (folder: string, circuit: string) => Promise<void>) {
  await inFolder(async (folder) => {
    const path = join(folder, "circuit.json");
    await Deno.writeTextFile(path, JSON.stringify(CIRCUIT));
    await use(folder, path);
  });
}

interface Mean {
  readonly "prob_diff_mean": number;
  readonly "prob_diff_ci": readonly [number, number];
  readonly ratio: number;
}

Deno.test("sequence_generalization measures the tasks a tokenizer can do, and appendix_plots draws them", async () => {
  await withCircuit(async (folder, circuit) => {
    const out = join(folder, "run");
    const flags = [`--model=${MODEL}`, `--circuit=${circuit}`, "--device=onnx", `--out=${out}`];
    const { exit, stdout, stderr } = await run([
      GENERALIZATION,
      ...flags,
      "--tasks=3,6,7",
      "--json",
    ]);
    assert.equal(exit, 0, stderr);
    assert.match(
      stderr,
      /warning task 7 is left out: Cannot find the year in the prompts of "task 7/,
    );
    const { summary } = JSON.parse(stdout) as {
      summary: {
        tasks: Record<string, Record<"baseline" | "ms" | "ms_reverse", Mean>>;
        "not_run": Record<string, string>;
      };
    };
    assert.deepEqual(Object.keys(summary.tasks), ["3", "6"]);
    assert.match(summary.not_run["7"]!, /^Cannot find the year/);
    const arrays = await readSafetensors(join(out, "arrays.safetensors"));
    for (const id of ["3", "6"]) {
      const { baseline, ms } = summary.tasks[id]!;
      const { data } = arrays[`probs_${id}`]!;
      const YY = arrays[`YY_${id}`]!.data as Int32Array;
      // Less-than: years before YY are right; rows are in the order of YY, one each.
      const difference = Array.from(
        YY,
        (yy, row) =>
          Array.from(data.subarray(row * 100, row * 100 + 100), Number)
            .reduce((sum, p, year) => sum + (year < yy ? p : -p), 0),
      );
      const mean = difference.reduce((a, b) => a + b) / 97;
      assert.ok(Math.abs(mean - baseline.prob_diff_mean) < 1e-6, `task ${id}: ${mean}`);
      assert.ok(Math.abs(ms.ratio - ms.prob_diff_mean / baseline.prob_diff_mean) < 1e-12);
      for (
        const [name, shape] of [
          [`ipp_${id}`, [4, 5]],
          [`ipp_${id}_ci`, [4, 5, 2]],
          [`m2_${id}_sd`, [4, 5]],
          [`probs_ms_${id}`, [97, 100]],
          [`probs_ms_reverse_${id}`, [97, 100]],
        ] as const
      ) assert.deepEqual(arrays[name]?.shape, shape, name);
    }
    const { rows, columns } = await readTable(join(out, "tables/examples.parquet"));
    assert.equal(rows, 2 * 4 * 97);
    assert.deepEqual(new Set(columns.test), new Set(["baseline", "bad_run", "ms", "ms_reverse"]));

    const plots = join(folder, "plots");
    const drawn = await run([PLOTS, `--run=${out}`, `--out=${plots}`]);
    assert.equal(drawn.exit, 0, drawn.stderr);
    assert.match(drawn.stderr, /left out bc-probs: Cannot find the year/);
    assert.match(drawn.stderr, /left out success-probs: task 0 was not asked for/);
    assert.match(drawn.stderr, /left out m7m8-ipps: task 2 was not asked for/);
    const pictures = Object.keys(await contents(plots)).filter((path) => path.endsWith(".svg"));
    assert.deepEqual(pictures.sort(), [
      "figures/task-measures.svg",
      "figures/task-patched-probs.svg",
      "figures/task-probs.svg",
    ]);
    const before = await contents(plots);
    const again = await run([PLOTS, `--run=${out}`, `--out=${plots}`]);
    assert.match(again.stderr, /kept .+: finished before with the same options and inputs/);
    assert.deepEqual(await contents(plots), before);
  });
});

Deno.test("random_circuit_ablation ranks a circuit among all others of its size", async () => {
  await withCircuit(async (folder, circuit) => {
    const out = join(folder, "run");
    const words = [
      ABLATION,
      `--model=${MODEL}`,
      `--circuit=${circuit}`,
      "--device=onnx",
      "--count=12",
      `--out=${out}`,
    ];
    const { exit, stdout, stderr } = await run([...words, "--json"]);
    assert.equal(exit, 0, stderr);
    const { summary } = JSON.parse(stdout);
    assert.equal(summary.drawn, "all 9 circuits with as many other heads in each layer");
    const { rows, columns } = await readTable(join(out, "tables/draws.parquet"));
    assert.equal(rows, 9);
    assert.equal(new Set(columns.heads).size, 9);
    for (const heads of columns.heads as string[]) {
      assert.match(heads, /^a2\.h[013] a1\.h[013]$/);
    }
    const ratios = columns.ratio as number[];
    const { ratio, standing } = summary.circuit_full;
    const reached = ratios.filter((other) => other >= ratio).length;
    assert.deepEqual([standing.reached, standing.p], [reached, (reached + 1) / 10]);
    assert.equal(summary.random_full.most, Math.max(...ratios));
    const table = await run(words);
    assert.match(table.stderr, /kept .+: finished before/);
    assert.match(table.stdout, /9 random circuits: mean, sd/);
  });
});

Deno.test("the generalization scripts refuse what they cannot do, and a dry run touches nothing", async () => {
  await inFolder(async (folder) => {
    const out = join(folder, "out");
    const common = [`--model=${MODEL}`, "--device=reference", `--out=${out}`];
    const cases: [string[], number, RegExp][] = [
      [
        [GENERALIZATION, ...common, "--check"],
        2,
        /Cannot check ".+": .+ without a confirmed number/,
      ],
      [
        [GENERALIZATION, ...common, "--tasks=0,10"],
        2,
        /"--tasks": 10, expected numbers from 0 to 9/,
      ],
      [[GENERALIZATION, ...common, "--tasks=4,4"], 2, /"--tasks": 4 twice/],
      [[GENERALIZATION, ...common, "--tasks=7"], 4, /\[E-PROMPTS\] Cannot find the year/],
      [[ABLATION, ...common, "--check"], 2, /Cannot check ".+": an experiment/],
      [[ABLATION, ...common, "--circuit=none"], 4, /\[E-CIRCUIT\] .+: no circuit, expected one/],
      [[PLOTS, `--run=${join(folder, "none")}`, `--out=${out}`], 4, /no run\.json, so no finished/],
    ];
    for (const [words, exit, message] of cases) {
      const ended = await run(words);
      assert.equal(ended.exit, exit, ended.stderr);
      assert.match(ended.stderr, message);
    }
    const missing = await run([PLOTS, `--run=${join(folder, "none")}`, `--out=${out}`]);
    assert.match(missing.stderr, /Hint: deno task gt:sequence-generalization makes it/);
    await Deno.remove(out, { recursive: true }).catch(() => {});
    for (const script of [GENERALIZATION, ABLATION]) {
      const dry = await run([script, ...common, "--dry-run"]);
      assert.deepEqual([dry.exit, dry.stdout.startsWith("would run ")], [0, true], dry.stderr);
    }
    assert.deepEqual(await contents(folder), {});
  });
});

#!/usr/bin/env -S deno run --allow-all
// deno-lint-ignore-file no-console camelcase -- speaks to a terminal; the Python peer names the keys
/**
 * Seconds and peak resident memory of loading one checkpoint, PyTorch and neurite in turn, each in a
 * process of its own; the best of several repetitions counts.
 *
 *     deno run -A tools/make_random_model.ts DIR
 *     NEURITE_PEER_PYTHON=.venv/bin/python deno run -A tests/bench/load_bench.ts DIR [REPEATS] [JSON]
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { machineFacts } from "./machine.ts";

interface Load {
  way: string;
  file_bytes: number;
  seconds: number;
  resident_before_bytes: number;
  peak_bytes: number;
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

async function load(command: string, args: string[]): Promise<Load> {
  const { code, stdout } = await new Deno.Command(command, { args, stderr: "inherit" }).output();
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}`);
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

const [directory, repeats = "3", json] = Deno.args;
if (!directory) {
  throw new Error("a model directory is needed: tools/make_random_model.ts makes one");
}
const python = Deno.env.get("NEURITE_PEER_PYTHON");
const results: Load[] = [];
for (let repetition = 0; repetition < Number(repeats); repetition++) {
  for (const way of python === undefined ? [] : ["load_file", "from_pretrained"]) {
    const peer = [here("peers/load_safetensors.py"), way, directory];
    results.push({ ...await load(python!, peer), way: `torch ${way}` });
  }
  for (const way of ["read", "keep", "onnx"]) {
    const own = ["run", "--allow-all", here("load_ours.ts"), way, directory];
    results.push({ ...await load(Deno.execPath(), own), way: `neurite ${way}` });
  }
}
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
console.log(
  "| way | seconds | peak, MB | peak, times the file | before, MB |\n|---|---|---|---|---|",
);
for (const [way, loads] of Map.groupBy(results, (result) => result.way)) {
  const best = loads.reduce((a, b) => a.seconds < b.seconds ? a : b);
  const ratio = (best.peak_bytes / best.file_bytes).toFixed(2);
  const memory = `${megabytes(best.peak_bytes)} | ${ratio} | ${
    megabytes(best.resident_before_bytes)
  }`;
  console.log(`| ${way} | ${best.seconds.toFixed(2)} | ${memory} |`);
}
if (json) {
  const record = { machine: await machineFacts(), results };
  await Deno.writeTextFile(json, JSON.stringify(record, null, 2) + "\n");
}

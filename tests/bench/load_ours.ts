// deno-lint-ignore-file no-console -- prints one JSON line for the harness
/**
 * Seconds and peak resident memory of loading a checkpoint with neurite, in a process of its own:
 *
 *     deno run -A tests/bench/load_ours.ts read DIR     every weight read once, nothing kept
 *     deno run -A tests/bench/load_ours.ts keep DIR     every weight kept on the host
 *     deno run -A tests/bench/load_ours.ts onnx DIR     loaded into onnxruntime
 *
 * @module
 */
import { openOnnx } from "../../lib/device/onnx/mod.ts";
import { openCheckpoint } from "../../lib/model/checkpoint/checkpoint.ts";
import { readConfig } from "../../lib/model/config/read_config.ts";
import { loadModel } from "../../lib/model/model.ts";
import { openWeights } from "../../lib/model/checkpoint/weights.ts";

async function readAll(directory: string, keep: boolean): Promise<number> {
  await using checkpoint = await openCheckpoint(directory);
  const weights = openWeights(checkpoint, await readConfig(directory));
  const kept: Float32Array[] = [];
  let elements = 0;
  for (const name of weights.names) {
    if (name === "unembed.W_U" && weights.isTied) continue;
    const data = await weights.read(name);
    elements += data.length;
    if (keep) kept.push(data);
  }
  return elements;
}

async function loadOnnx(directory: string): Promise<number> {
  await using device = await openOnnx({ threads: 2 });
  await using model = await loadModel(directory, device);
  return model.weights.names.length;
}

async function memory(field: string): Promise<number> {
  const status = await Deno.readTextFile("/proc/self/status");
  return 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)![1]);
}

const [way, directory] = Deno.args as [string, string];
const before = await memory("VmRSS");
const start = performance.now();
const count = way === "onnx" ? await loadOnnx(directory) : await readAll(directory, way === "keep");
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({
  way,
  file_bytes: (await Deno.stat(`${directory}/model.safetensors`)).size,
  seconds,
  resident_before_bytes: before,
  peak_bytes: await memory("VmHWM"),
  count,
}));

/**
 * A small run of un:correlations by the real command, and what it leaves.
 *
 * @module
 */
import { join } from "node:path";
import type { HostArray } from "../../lib/array.ts";
import { encodeSafetensors, readSafetensors } from "../../lib/store/format/safetensors.ts";
import { contents } from "../folders.ts";
import { ROOT } from "../house/tree.ts";

/** The scripts. */
export const CORRELATIONS = "scripts/universal_neurons/correlations.ts";
export const MERGE = "scripts/universal_neurons/merge.ts";

const FIXTURE = "tests/fixtures/zoo/universal_neurons_a_b/expected.safetensors";

/** Writes rows of token ids. */
export async function writeRows(path: string, data: Int32Array, rows: number): Promise<void> {
  const tokens: HostArray = { data, shape: [rows, data.length / rows] };
  const chunks = [...encodeSafetensors({ tokens })];
  await Deno.writeFile(path, Uint8Array.from(chunks.flatMap((chunk) => [...chunk])));
}

/** The first ids of the fixture's rows of 128. */
export async function fixtureIds(rows: number): Promise<Int32Array> {
  const { tokens } = await readSafetensors(join(ROOT, FIXTURE));
  return (tokens!.data as Int32Array).slice(0, rows * 128);
}

/**
 * The options of a run of tiny-gpt2-a against b on rows of the fixture, but for --out. A row is half
 * a block where nothing else is said: 14 blocks.
 */
export async function correlationsOf(
  folder: string,
  { rows = 28, blockTokens = 256, baseline = "rotation" }: {
    rows?: number;
    blockTokens?: number;
    baseline?: "rotation" | "none";
  } = {},
): Promise<string[]> {
  const tokens = join(folder, "tokens.safetensors");
  await writeRows(tokens, await fixtureIds(rows), rows);
  return [
    `--model-1=${join(ROOT, "cache/models/tiny-gpt2-a")}`,
    `--model-2=${join(ROOT, "cache/models/tiny-gpt2-b")}`,
    `--tokens=${tokens}`,
    `--block-tokens=${blockTokens}`,
    `--baseline=${baseline}`,
    "--draws=2",
    "--device=onnx",
  ];
}

/** The sha256 of each array file and of the summary. */
export async function results(out: string): Promise<Record<string, string>> {
  const files = Object.entries(await contents(out));
  return Object.fromEntries(
    files.filter(([path]) => /^(\w+\.safetensors|summary\.json)$/.test(path)),
  );
}

/** A model that has tiny-gpt2-b's sizes and a tokenizer that cuts text otherwise. */
export async function otherTokenizer(folder: string): Promise<string> {
  const [from, to] = [join(ROOT, "cache/models/tiny-gpt2-b"), join(folder, "other_model")];
  await Deno.mkdir(to);
  for (const name of ["config.json", "model.safetensors"]) {
    await Deno.copyFile(join(from, name), join(to, name));
  }
  const tokenizer = JSON.parse(await Deno.readTextFile(join(from, "tokenizer.json")));
  tokenizer.model.merges.length = 100;
  await Deno.writeTextFile(join(to, "tokenizer.json"), JSON.stringify(tokenizer));
  return to;
}

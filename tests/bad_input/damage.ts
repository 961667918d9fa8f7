/**
 * Model directories and token files as they should not be: copies of the fixtures, damaged.
 *
 * @module
 */
import { join } from "node:path";
import type { HostArray } from "../../lib/array.ts";
import { concat, fields } from "../../lib/model/checkpoint/testing.ts";
import { encodeSafetensors } from "../../lib/store/format/safetensors.ts";
import { ROOT } from "../house/tree.ts";

/** A tensor's entry in a safetensors header. */
export interface HeaderEntry {
  dtype: string;
  shape: number[];
  "data_offsets": [number, number];
}

/** A safetensors header by name. */
export type Header = Record<string, HeaderEntry>;

/** Copies `tests/fixtures/checkpoints/<fixture>` to `<folder>/model`, without PyTorch's outputs. */
export async function copyModel(folder: string, fixture: string): Promise<string> {
  const from = join(ROOT, "tests/fixtures/checkpoints", fixture);
  const model = join(folder, "model");
  await Deno.mkdir(model);
  for await (const { name } of Deno.readDir(from)) {
    if (name !== "reference.safetensors") await Deno.copyFile(join(from, name), join(model, name));
  }
  return model;
}

/** Changes keys of a JSON file. */
export async function editJson(path: string, edit: Record<string, unknown>): Promise<void> {
  const value = JSON.parse(await Deno.readTextFile(path));
  await Deno.writeTextFile(path, JSON.stringify({ ...value, ...edit }));
}

/** Keeps the first bytes of a file. */
export async function cut(path: string, bytes: number): Promise<void> {
  await Deno.truncate(path, bytes);
}

/** Rewrites a safetensors header over the same data. */
export async function editHeader(path: string, edit: (header: Header) => void): Promise<void> {
  const bytes = await Deno.readFile(path);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  edit(header);
  const text = new TextEncoder().encode(JSON.stringify(header));
  await Deno.writeFile(path, concat([fields([8, text.length]), text, bytes.subarray(8 + length)]));
}

/** Overwrites the first elements of a float32 tensor in place. */
export async function overwrite(path: string, tensor: string, values: number[]): Promise<void> {
  const bytes = await Deno.readFile(path);
  const view = new DataView(bytes.buffer);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Header;
  const start = 8 + length + header[tensor]!.data_offsets[0];
  values.forEach((value, i) => view.setFloat32(start + 4 * i, value, true));
  await Deno.writeFile(path, bytes);
}

/** An int32 array. */
export function integers(values: readonly number[], shape = [values.length]): HostArray {
  return { data: Int32Array.from(values), shape };
}

/** Writes a safetensors file of arrays and returns its path. */
export async function writeArrays(
  path: string,
  arrays: Readonly<Record<string, HostArray>>,
): Promise<string> {
  await Deno.writeFile(path, concat([...encodeSafetensors(arrays)]));
  return path;
}

/** Writes `tokens.safetensors` with `input_ids` and returns its path. */
export function writeTokens(folder: string, rows: readonly (readonly number[])[]): Promise<string> {
  const shape = [rows.length, rows[0]?.length ?? 0];
  return writeArrays(join(folder, "tokens.safetensors"), {
    "input_ids": integers(rows.flat(), shape),
  });
}

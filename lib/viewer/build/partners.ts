/**
 * The most similar neuron of every model that a model was correlated with.
 *
 * @module
 */
import { basename } from "node:path";
import { cannot } from "../../errors.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import type { ViewerNeuron } from "../format.ts";
import { type BlockReader, type NeuronArrays, neuronArrays, type Rows } from "./neuron_blocks.ts";
import { shown } from "./shown.ts";

/** The folder of a partner's own pages beside this one, by the partner's name. */
export type PartnerFolders = ReadonlyMap<string, string>;

/**
 * Reads `name=folder` of `--partner-pages`.
 *
 * @throws {NeuriteError} E-USAGE for anything else: the page takes only a folder beside its own.
 */
export function partnerFolders(words: readonly string[]): PartnerFolders {
  return new Map(words.map((word) => {
    const [, name, folder] = /^([^=]+)=([A-Za-z0-9_-][A-Za-z0-9_.-]*)$/.exec(word) ?? [];
    if (name !== undefined && folder !== undefined) return [name, folder];
    throw cannot("E-USAGE", {
      do: "link to",
      thing: word,
      is: "no name and folder",
      expected: "<partner>=<folder>, a folder beside the viewer's own",
      hint: "--partner-pages tiny-gpt2-b=viewer-b",
    });
  }));
}

/** The addresses of partners' pages; undefined where none is known. */
export function partnerPages(
  names: readonly string[],
  folders: PartnerFolders,
): (string | null)[] | undefined {
  if (folders.size === 0) return undefined;
  return names.map((name) => folders.has(name) ? `../${folders.get(name)}/index.html` : null);
}

/** A partner and the file of its real correlations, without `.safetensors`. */
export interface PartnerFile {
  /** The partner's name. */
  readonly name: string;
  readonly file: string;
}

/** The partners of a correlation run, in the order of their files. */
export async function partnerFiles(run: FinishedRun): Promise<PartnerFile[]> {
  const files = run.record.outputs.flatMap(({ path }) => {
    const name = /^([^/]+)\.safetensors$/.exec(path)?.[1];
    return name === undefined ? [] : [name];
  });
  // Beside a baseline's the real ones have a file of their own.
  const real = (file: string, own: string) => files.includes(own) ? own : file;
  const pairs = (await run.summary())["pairs"];
  const labels = Object.keys(typeof pairs === "object" && pairs ? pairs : {}).map((label) =>
    basename(label)
  );
  const several = files.filter((file) => /^pair_/.test(file) && !/_real$/.test(file)).sort();
  if (several.length === 0) {
    return [{ name: labels[0] ?? "partner", file: real("arrays", "real") }];
  }
  return several.map((file) => ({
    name: file.slice("pair_".length),
    file: real(file, `${file}_real`),
  }));
}

/** What is read of each partner. */
type Column = "max_corr" | "max_corr_ix";

/** Partners of a neuron, in their order. */
type Partners = NonNullable<ViewerNeuron["partners"]>;

/** Reads the largest correlation of each neuron with each partner; files stay open until `opened` is disposed. */
export async function partnerReader(
  run: FinishedRun,
  files: readonly PartnerFile[],
  { neurons, opened }: { neurons: number; opened: AsyncDisposableStack },
): Promise<BlockReader<Partners>> {
  const all: NeuronArrays<Column>[] = [];
  for (const { file } of files) {
    const arrays = opened.use(await run.openArrays(file));
    all.push(neuronArrays(arrays, neurons, { "max_corr": 1, "max_corr_ix": 1 }));
  }
  return {
    bytesPerNeuron: all.reduce((sum, { bytesPerNeuron }) => sum + bytesPerNeuron, 0),
    async read(first, count) {
      const rows: Readonly<Record<Column, Rows>>[] = [];
      for (const arrays of all) rows.push(await arrays.read(first, count));
      return (place) =>
        rows.map(({ max_corr: corr, max_corr_ix: at }) => ({
          neuron: at.of(place)[0]!,
          corr: shown(corr.of(place)[0]!),
        }));
    },
  };
}

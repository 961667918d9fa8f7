/**
 * A viewer folder from finished runs.
 *
 * @module
 */
import { join } from "node:path";
import type { HostArray } from "../../array.ts";
import { cleanTemps } from "../../store/atomic.ts";
import type { RunFolder } from "../../store/run/run_folder.ts";
import { VERSION } from "../../version.ts";
import { type DataName, VIEWER_FORMAT, type ViewerTokens } from "../format.ts";
import { dataPath } from "./data_file.ts";
import { missingPanels } from "./missing.ts";
import { openReaders, type ShownAmounts } from "./open_readers.ts";
import { sourceColumns } from "./source_columns.ts";
import { type PartnerFolders, partnerPages } from "./partners.ts";
import type { ShownModel, ViewerRuns } from "./sources.ts";
import { writeData, type WriteDataOptions } from "./write_data.ts";

/** What is shown, and how much of it. */
export interface ViewerInput {
  /** Runs of this model; see `openRuns`. */
  readonly runs: ViewerRuns;
  readonly model: ShownModel;
  /** Every token of the vocabulary, decoded alone. */
  readonly tokens: ViewerTokens;
  /** The rows that the summary read, i32 `[B, T]`, or why they are missing. */
  readonly corpus: HostArray<Int32Array> | string;
  /** Pages of partners, beside this folder. */
  readonly partnerFolders?: PartnerFolders | undefined;
  /** F of partners of other sizes, by name. */
  readonly partnerWidths?: ReadonlyMap<string, number> | undefined;
  /** The page's own files by name, `index.html` among them. */
  readonly page: Readonly<Record<string, string>>;
  /** Lines of the page's footer beside those of the runs. */
  readonly provenance: Readonly<Record<string, string>>;
  readonly shardNeurons: number;
  readonly amounts: ShownAmounts;
}

/** Which run gave what, in words without a path: a page may be published. */
function provenanceOf(runs: ViewerRuns): Record<string, string> {
  return Object.fromEntries(
    Object.entries(runs).map(([kind, { record: { script, version, outputs } }]) => {
      const file = outputs.find(({ path }) => path === "arrays.safetensors") ??
        outputs.find(({ path }) => path.startsWith("tables/"));
      const hash = file ? `, sha256 of ${file.path} ${file.sha256}` : "";
      return [kind, `${script} of neurite ${version}${hash}`];
    }),
  );
}

/** Removes data that a build which was killed left behind and this one did not write. */
async function removeStale(run: RunFolder, written: ReadonlySet<DataName>): Promise<void> {
  const paths = new Set([...written].map(dataPath));
  for await (const { name } of Deno.readDir(join(run.directory, "data"))) {
    const isOurs = /^(model|tokens|column-[a-z0-9_]+|shard-\d+)\.js$/.test(name);
    if (isOurs && !paths.has(`data/${name}`)) await run.discard(`data/${name}`);
  }
}

/**
 * Writes the folder: data first, `index.html` last, so that a folder which shows a page is whole. Held at
 * a time are token ids, columns and one block of neurons (64 MiB of arrays).
 *
 * @throws {NeuriteError} E-TENSOR-SHAPE for arrays of other sizes; the errors of files; what `signal` was
 * aborted with.
 */
export async function buildViewer(
  run: RunFolder,
  input: ViewerInput,
  options: WriteDataOptions = {},
): Promise<void> {
  const { runs, model, tokens, page, shardNeurons, amounts } = input;
  const [corpus, rowsMissing] = typeof input.corpus === "string"
    ? [undefined, input.corpus]
    : [input.corpus, undefined];
  await run.discard("index.html");
  await cleanTemps(join(run.directory, "data"));
  await using opened = new AsyncDisposableStack();
  const { readers, isRanked, isColoured, edges, subsets, partners } = await openReaders(
    runs,
    { model, corpus, amounts },
    opened,
  );
  const { partnerFolders = new Map(), partnerWidths = new Map() } = input;
  const pages = partnerPages(partners, partnerFolders);
  const widths = partners.map((name) => partnerWidths.get(name) ?? model.width);
  const { columns, features } = await sourceColumns(runs, model);
  const written = await writeData(run, {
    model: {
      format: VIEWER_FORMAT,
      model: model.name,
      layers: model.layers,
      width: model.width,
      heads: model.heads,
      vocab: model.vocabSize,
      subsets,
      edges,
      columns: columns.map(({ info }) => info),
      features,
      shardNeurons,
      missing: missingPanels({ runs, model: model.name, isRanked, isColoured, rowsMissing }),
      partners,
      ...(widths.some((width) => width !== model.width) && { partnerWidths: widths }),
      ...(pages && { partnerPages: pages }),
      provenance: { neurite: VERSION, ...input.provenance, ...provenanceOf(runs) },
    },
    tokens,
    columns,
    readers,
  }, options);
  await removeStale(run, written);
  const { "index.html": index, ...files } = page;
  if (index === undefined) {
    throw new RangeError('Cannot write "index.html": absent, expected a page');
  }
  for (const [name, content] of Object.entries(files)) await run.writeFile(name, content);
  await run.writeFile("index.html", index);
}

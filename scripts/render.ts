#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * Draws any Vega-Lite spec: SVG laid out with the bundled font's real widths, PNG by resvg.
 *
 * Command: deno task render SPEC.vl.json [--out DIR] [--svg] [--png] [--scale 2]
 *          deno task render < SPEC.vl.json > FIGURE.svg
 * Time:    a second a figure.
 */
import { basename, dirname, join, resolve } from "node:path";
import { note } from "../lib/cli/log.ts";
import { defineOptions } from "../lib/cli/options.ts";
import { runScript, type ScriptContext } from "../lib/cli/script.ts";
import { cannot } from "../lib/errors.ts";
import { renderSvg } from "../lib/figure/render.ts";
import { renderPng } from "../lib/figure/render_png.ts";
import type { TopLevelSpec } from "../lib/figure/spec_types.ts";
import { writeAtomic } from "../lib/store/atomic.ts";
import { explainSystemError } from "../lib/system_errors.ts";

/** Largest spec, bytes: the largest honest ones carry two dense rasters and their numbers. */
const MAX_SPEC_BYTES = 64 * 2 ** 20;

export const meta = {
  id: "render",
  task: "render",
  title: "Draw a figure",
  question: "What does a Vega-Lite spec look like, the same on every machine?",
  minutes: "a second a figure",
  outputs: ["SPEC.svg", "SPEC.png"],
  permissions: ["--allow-read", "--allow-write"],
  positionals: {
    name: "SPEC.vl.json",
    description: "The spec; stdin when absent, and then SVG goes to stdout.",
    max: 1,
  },
  example: "deno task render cache/results/run/figures/probability-heatmap.vl.json --png",
};

export const options = defineOptions({
  out: { type: "path", description: "Folder of the pictures; the spec's own when absent." },
  svg: { type: "boolean", description: "Write SVG; both when neither is asked for." },
  png: { type: "boolean", description: "Write PNG; both when neither is asked for." },
  scale: {
    type: "number",
    default: 2,
    min: 0.1,
    max: 8,
    unit: "pixels a CSS px",
    description: "Size of the PNG.",
  },
  quiet: { type: "boolean", affects: "run", description: "No notes on stderr." },
  json: { type: "boolean", affects: "run", description: "Print the written files as JSON." },
});

/** A spec's text, from a file or from stdin, refused while it is read when it is too large. */
async function readBounded(stream: ReadableStream<Uint8Array>, thing: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > MAX_SPEC_BYTES) {
      throw cannot("E-FILE-CORRUPT", {
        do: "read spec",
        thing,
        is: `more than ${MAX_SPEC_BYTES} bytes`,
        expected: "a Vega-Lite spec",
        hint: "bin the data before they go into the spec",
      });
    }
    chunks.push(chunk);
  }
  return await new Blob(chunks as BlobPart[]).text();
}

async function readSpec(path: string | undefined): Promise<TopLevelSpec> {
  const thing = path === undefined ? "stdin" : resolve(path);
  let text: string;
  if (path === undefined) text = await readBounded(Deno.stdin.readable, thing);
  else {
    try {
      const file = await Deno.open(thing);
      text = await readBounded(file.readable, thing);
    } catch (error) {
      throw explainSystemError(error, { do: "read spec", thing }) ?? error;
    }
  }
  let spec: unknown;
  try {
    spec = JSON.parse(text);
  } catch (error) {
    throw notASpec(thing, (error as Error).message, error);
  }
  if (typeof spec === "object" && spec !== null && !Array.isArray(spec)) {
    return spec as TopLevelSpec;
  }
  throw notASpec(thing, "JSON that is no object");
}

function notASpec(thing: string, is: string, cause?: unknown) {
  return cannot("E-FILE-CORRUPT", {
    do: "read spec",
    thing,
    is,
    expected: "a Vega-Lite spec in JSON",
    hint: "deno task render --help",
    cause,
  });
}

async function main(context: ScriptContext<typeof options>) {
  const { positionals, options: given } = context;
  const [path] = positionals;
  const both = !given.svg && !given.png;
  if (path === undefined && (given.png || given.out !== undefined)) {
    throw cannot("E-USAGE", {
      do: "render",
      thing: "stdin",
      is: "--png or --out with no file",
      expected: "a file, or only SVG on stdout",
      hint: "deno task render SPEC.vl.json --png",
    });
  }
  const spec = await readSpec(path);
  const svg = await renderSvg(spec);
  if (path === undefined) return { text: svg, data: { svg } };
  const stem = basename(path).replace(/(\.vl)?\.json$/, "");
  const target = join(given.out ?? dirname(resolve(path)), stem);
  const files: string[] = [];
  if (given.svg || both) files.push((await writeAtomic(`${target}.svg`, svg)).path);
  if (given.png || both) {
    const png = await renderPng(svg, { scale: given.scale });
    files.push((await writeAtomic(`${target}.png`, png)).path);
  }
  note(`drew ${files.length} picture${files.length === 1 ? "" : "s"} of ${resolve(path)}`);
  return { text: files.map((file) => `${file}\n`).join(""), data: { files } };
}

if (import.meta.main) await runScript(meta, options, main);

/**
 * The figure beside a claim.
 *
 * @module
 */
import type { Claim } from "./claim.ts";
import type { OpenedRun } from "./run_entry.ts";
import { readSmallText } from "./run_files.ts";
import { svgPart } from "./svg_part.ts";

/** A figure as part of the page; what could not be shown; or that no run has one. */
export type FoundFigure =
  | { readonly svg: string; readonly caption: string }
  | { readonly leftOut: string }
  | undefined;

const MOST_BYTES = 3 << 20; // 3 MiB: figures of the papers' models are below 1 MiB

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
};

/** What the drawing says of itself. */
function descriptionOf(svg: string): string {
  const text = /<desc[^>]*>([^<]*)<\/desc>/.exec(svg)?.[1] ?? "";
  return text.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity]!);
}

/** The first of a claim's figures that one of the runs has, in the order of the runs. */
export async function claimFigure(
  { id, figures }: Claim,
  runs: readonly OpenedRun[],
): Promise<FoundFigure> {
  let leftOut: string | undefined;
  for (const { found: { run }, entry } of runs) {
    for (const name of figures) {
      const file = await readSmallText(run, `figures/${name}.svg`, MOST_BYTES);
      if (file === undefined) continue;
      const part = "fault" in file ? { unfit: file.fault } : svgPart(file.text, `${id}-`);
      if ("svg" in part) {
        const of = entry.model === "" ? "" : ` Model: ${entry.model}.`;
        return { svg: part.svg, caption: `${descriptionOf(part.svg)}${of} Run: ${entry.name}.` };
      }
      leftOut ??= `figure ${name} of ${entry.name} was left out: ${part.unfit}`;
    }
  }
  return leftOut === undefined ? undefined : { leftOut };
}

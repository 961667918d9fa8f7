/**
 * From Vega's SVG text to the one that is kept: titled, rounded, with ids of its own, inert.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import { escapeMarkup, replaceForbidden } from "./escape.ts";

/** What the document says about itself. */
export interface SvgHeading {
  /** Letters, digits, `_` and `-`: prefix of every id, so that figures can share a page. */
  readonly id: string;
  /** One line. */
  readonly title: string;
  /** A sentence or two for those who do not see the picture. */
  readonly description: string;
}

// Vega writes < and > in attributes as entities, so a tag ends at the first ">".
const TAG = /<[a-zA-Z][^>]*>/g;
const GEOMETRY =
  /\b(d|transform|viewBox|x|y|x1|y1|x2|y2|dx|dy|cx|cy|fx|fy|r|width|height|offset|stroke-width)="([^"]*)"/g;
const NUMBER = /-?(?:\d+\.\d*|\.\d+|\d+)(?:e[-+]?\d+)?/gi;

// A group without items closes itself.
const DATA_MARKS = /<g class="mark-\w+ role-mark (\w+)"[^>]*?(?:\/>|>(.*?)<\/g>)/gs;

function round(text: string): string {
  return text.replace(NUMBER, (number) => {
    if (!/[.e]/i.test(number)) return number;
    return String(Math.round(Number(number) * 1000) / 1000 || 0);
  });
}

function mapTags(svg: string, change: (tag: string) => string): string {
  return svg.replace(TAG, change);
}

function renameIds(svg: string, prefix: string): string {
  const names = new Map<string, string>();
  for (const tag of svg.match(TAG) ?? []) {
    for (const [, id] of tag.matchAll(/ id="([^"]*)"/g)) {
      if (!names.has(id!)) names.set(id!, `${prefix}-${names.size + 1}`);
    }
  }
  return mapTags(svg, (tag) =>
    tag
      .replace(/ id="([^"]*)"/g, (_, id) => ` id="${names.get(id)}"`)
      .replace(/url\(#([^)"]*)\)/g, (whole, id) => names.has(id) ? `url(#${names.get(id)})` : whole)
      .replace(
        /href="#([^"]*)"/g,
        (whole, id) => names.has(id) ? `href="#${names.get(id)}"` : whole,
      ));
}

/** Why a tag could act or fetch, or `undefined` when it cannot. */
function activePart(tag: string): string | undefined {
  const element = /^<([a-zA-Z][\w:.-]*)/.exec(tag)![1]!.toLowerCase();
  if (/^(script|foreignobject|iframe|style|a|animate.*|set|use)$/.test(element)) {
    return `a <${element}> element`;
  }
  for (const [, name, value] of tag.matchAll(/\s([\w:.-]+)="([^"]*)"/g)) {
    if (/^on/i.test(name!)) return `an event attribute ${name}`;
    if (/href$/i.test(name!) && !/^(#[\w-]+|data:image\/png;base64,[\w+/=]+)$/.test(value!)) {
      return `a reference to "${value!.slice(0, 80)}"`;
    }
    if (/url\(/i.test(value!) && name !== "aria-label" && !/^url\(#[\w-]+\)$/.test(value!)) {
      return `a reference in ${name}`;
    }
  }
  return undefined;
}

/**
 * Checks that an SVG draws and does nothing else: no script, no link, no event, no reference
 * outside itself but inline PNGs.
 *
 * @throws {NeuriteError} `E-FIGURE` naming what it holds.
 */
export function assertInert(svg: string, figure: string): void {
  for (const tag of svg.match(TAG) ?? []) {
    const active = activePart(tag);
    if (active === undefined) continue;
    throw cannot("E-FIGURE", {
      do: "keep figure",
      thing: figure,
      is: `${active} in its SVG`,
      expected: "marks, text and inline PNGs only",
      hint: "take href, url and links out of the spec",
    });
  }
}

/**
 * Finishes Vega's SVG: coordinates to 3 decimals, ids `<id>-1`…, `<title>`, `<desc>`, `role="img"`,
 * characters that XML forbids replaced by U+FFFD.
 *
 * @throws {NeuriteError} `E-FIGURE` when a coordinate is not a number or the SVG is not inert.
 */
export function finishSvg(vegaSvg: string, heading: SvgHeading): string {
  const { id, title, description } = heading;
  let svg = renameIds(vegaSvg, id);
  svg = mapTags(svg, (tag) =>
    tag.replace(GEOMETRY, (_, name, value) => {
      if (/NaN|Infinity|undefined/.test(value)) {
        throw cannot("E-FIGURE", {
          do: "draw figure",
          thing: title,
          is: `${name}="${value.slice(0, 60)}" in its SVG`,
          expected: "finite coordinates",
          hint: "look for an empty scale domain or a value outside a log scale",
        });
      }
      return `${name}="${round(value)}"`;
    }));
  assertInert(svg, title);
  const text = (element: string, content: string) =>
    `<${element} id="${id}-${element}">${escapeMarkup(content)}</${element}>`;
  return replaceForbidden(svg).replace(
    /^<svg([^>]*)>/,
    (_, attributes: string) =>
      `<svg${attributes} role="img" aria-labelledby="${id}-title ${id}-desc">` +
      text("title", title) + text("desc", description),
  ) + "\n";
}

/** How many elements each named mark has in the SVG, by the unit's name. */
export function countDrawn(svg: string): Map<string, number> {
  const drawn = new Map<string, number>();
  for (const [, name, body] of svg.matchAll(DATA_MARKS)) {
    const elements = body?.match(/<(?:path|line|text|image)\b/g)?.length ?? 0;
    drawn.set(name!, (drawn.get(name!) ?? 0) + elements);
  }
  return drawn;
}

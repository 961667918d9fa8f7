/**
 * An SVG of a run folder as a part of a page, if it draws and can do nothing else.
 *
 * @module
 */
import { escapeMarkup, replaceForbidden } from "../figure/escape.ts";

/** What the suite's own figures are made of. */
const ELEMENTS = new Set(
  "svg g path line rect circle text tspan title desc defs clipPath linearGradient stop image"
    .split(" "),
);
const ATTRIBUTES = new Set(
  ("aria-hidden aria-label aria-labelledby aria-roledescription class clip-path cx cy d display dx " +
    "dy fill fill-opacity font-family font-size font-style font-weight gradientUnits height href id " +
    "offset opacity pointer-events preserveAspectRatio r role rx ry stop-color stop-opacity stroke " +
    "stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit " +
    "stroke-opacity stroke-width text-anchor transform version viewBox width x x1 x2 xlink:href " +
    "xmlns xmlns:xlink y y1 y2").split(" "),
);

const TAG = /<(\/?)([a-zA-Z]+)((?: [\w:-]+="[^"<>]*")*) ?(\/?)>/y;
const ATTRIBUTE = / ([\w:-]+)="([^"<>]*)"/g;
/** In HTML no text runs into markup but here: a page's own elements may stand in them. */
const TEXT_ONLY = new Set(["title", "desc"]);

/** A reference inside the drawing, or a picture of its own. */
function isOwnReference(value: string): boolean {
  return /^#[\w-]+$/.test(value) || /^data:image\/png;base64,[\w+/=]+$/.test(value);
}

function rewritten(name: string, value: string, prefix: string): string | undefined {
  if (!ATTRIBUTES.has(name)) throw new Unfit(`an attribute ${name}`);
  // HTML needs no namespaces; without them the page holds no address at all.
  if (/^(xmlns|version)/.test(name)) return undefined;
  if (name === "id") return `${prefix}${value}`;
  if (name === "aria-labelledby") {
    return value.split(" ").map((id) => `${prefix}${id}`).join(" ");
  }
  if (name.endsWith("href")) {
    if (!isOwnReference(value)) throw new Unfit(`a reference in ${name}`);
    return value.replace(/^#/, `#${prefix}`);
  }
  if (name === "aria-label") return value;
  // A backslash could spell url( in another way.
  if (value.includes("\\")) throw new Unfit(`an escape in ${name}`);
  if (!/url\s*\(/i.test(value)) return value;
  if (!/^url\(#[\w-]+\)$/.test(value)) throw new Unfit(`a reference in ${name}`);
  return value.replace("#", `#${prefix}`);
}

class Unfit extends Error {}

/** What can be shown, or why it is not. */
export type SvgPart = { readonly svg: string } | { readonly unfit: string };

/**
 * Takes an SVG apart and puts it together again from the elements and attributes that our figures
 * have, every id under a prefix. What has any other part is refused whole.
 *
 * @param prefix letters, digits and `-`.
 *
 * @example Usage
 * ```ts
 * import { svgPart } from "neurite/lib/report/svg_part.ts";
 *
 * const drawing = svgPart('<svg><path id="a" d="M0,0"/></svg>', "one-");
 * if (!("svg" in drawing) || !drawing.svg.includes('id="one-a"')) throw new Error("unreachable");
 * if (!("unfit" in svgPart("<svg><script/></svg>", "two-"))) throw new Error("unreachable");
 * ```
 */
export function svgPart(text: string, prefix: string): SvgPart {
  try {
    return { svg: rebuilt(replaceForbidden(text.trim()), prefix) };
  } catch (error) {
    if (error instanceof Unfit) return { unfit: error.message };
    throw error;
  }
}

function rebuilt(text: string, prefix: string): string {
  const parts: string[] = [];
  const open: string[] = [];
  for (let at = 0; at < text.length;) {
    if (parts.length > 0 && open.length === 0) throw new Unfit("something after its end");
    const next = text.indexOf("<", at);
    if (next !== at) {
      if (open.length === 0) throw new Unfit("something before its beginning");
      parts.push(characters(text.slice(at, next < 0 ? undefined : next)));
      at = next < 0 ? text.length : next;
      continue;
    }
    TAG.lastIndex = at;
    const tag = TAG.exec(text);
    if (!tag) throw new Unfit(`the markup ${JSON.stringify(text.slice(at, at + 24))}`);
    parts.push(rebuiltTag(tag, open, prefix));
    at = TAG.lastIndex;
  }
  if (parts.length === 0 || open.length > 0) throw new Unfit("no end");
  return parts.join("");
}

function rebuiltTag(tag: RegExpExecArray, open: string[], prefix: string): string {
  const [, slash, element, attributes, end] = tag as unknown as string[];
  if (!ELEMENTS.has(element!)) throw new Unfit(`an element ${element}`);
  if (slash) {
    if (open.pop() !== element || attributes || end) throw new Unfit(`a wrong end of ${element}`);
    return `</${element}>`;
  }
  if ((open.length === 0) !== (element === "svg")) throw new Unfit(`a wrong place of ${element}`);
  if (TEXT_ONLY.has(open.at(-1) ?? "")) throw new Unfit(`an element in its ${open.at(-1)}`);
  const kept = [...attributes!.matchAll(ATTRIBUTE)].flatMap(([, name, value]) => {
    const own = rewritten(name!, value!, prefix);
    return own === undefined ? [] : [` ${name}="${own}"`];
  });
  if (!end) open.push(element!);
  return `<${element}${kept.join("")}${end}>`;
}

/** Entities as they stand, any other character escaped. */
function characters(text: string): string {
  return text.split(/(&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)/)
    .map((piece, index) => index % 2 === 1 ? piece : escapeMarkup(piece)).join("");
}

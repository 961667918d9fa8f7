/**
 * Text into markup.
 *
 * @module
 */

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

// deno-lint-ignore no-control-regex -- exactly the characters that XML 1.0 has no way to write
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Replaces characters that XML cannot hold, and halves of a surrogate pair, by U+FFFD. */
export function replaceForbidden(text: string): string {
  return text.toWellFormed().replace(FORBIDDEN, "\ufffd");
}

/**
 * Text safe inside an element and inside a quoted attribute, of HTML and of XML.
 *
 * @example Usage
 * ```ts
 * import { escapeMarkup } from "neurite/lib/figure/escape.ts";
 *
 * if (escapeMarkup("</script>") !== "&lt;/script&gt;") throw new Error("unreachable");
 * ```
 */
export function escapeMarkup(text: string): string {
  return replaceForbidden(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

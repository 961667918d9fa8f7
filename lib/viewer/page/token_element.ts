/**
 * A token as an element.
 *
 * @module
 */
/// <reference lib="dom" />
import { h } from "./dom.ts";
import { cutToken, LONGEST, tokenPieces } from "./token_text.ts";

const ELLIPSIS = "\u2026";

function openButton(text: string, open: (text: string) => void): HTMLElement {
  const label = `Show the whole token of ${text.length.toLocaleString("en")} units`;
  return h("button", {
    type: "button",
    class: "more",
    "aria-label": label,
    title: label,
    click: (event: Event) => {
      event.stopPropagation();
      open(text);
    },
  }, ELLIPSIS);
}

/** How a token is shown. */
export interface TokenElementOptions {
  /** Shows the whole text of one that was cut. */
  readonly open?: (text: string) => void;
  /** In UTF-16 units. */
  readonly longest?: number;
}

/** Text of a token in its own direction of writing; a long one is cut and opens whole when asked. */
export function tokenElement(
  text: string,
  { open, longest = LONGEST }: TokenElementOptions = {},
): HTMLElement {
  const { head, rest } = cutToken(text, longest);
  const element = h("bdi", { class: "token" });
  for (const piece of tokenPieces(head)) {
    element.append(piece.sign ? h("span", { class: "sign" }, piece.text) : piece.text);
  }
  if (rest > 0) {
    element.append(open ? openButton(text, open) : h("span", { class: "sign" }, ELLIPSIS));
  }
  return element;
}

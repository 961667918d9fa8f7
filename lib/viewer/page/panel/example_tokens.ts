/**
 * Tokens of an example in the colours of their activations, each with its number.
 *
 * @module
 */
/// <reference lib="dom" />
import type { Example } from "../../format.ts";
import { h } from "../dom.ts";
import { showNumber } from "../numbers.ts";
import { shownToken } from "../token_text.ts";
import type { PanelContext } from "./panel.ts";

/** Share of the scale from which on a token is underlined: all of a text would say nothing. */
const MARKED = 0.1;

/** The class of a colour: its hue, and whether it is underlined. */
export function shade(share: number): string {
  const hue = share < 0 ? "neg" : "pos";
  return `active ${hue}${Math.abs(share) < MARKED ? "" : " marked"}`;
}

/** What an example is drawn with. */
export interface TokenColours {
  readonly context: PanelContext;
  /** The activation that has the full colour. */
  readonly most: number;
  /** UTF-16 units that are shown of a token. */
  readonly longest?: number;
}

/** The token at a place of an example; one whose activation is known tells it, see {@linkcode tellNumbers}. */
export function exampleToken(
  example: Example,
  place: number,
  { context, most, longest }: TokenColours,
): HTMLElement {
  const id = example.tokens[place]!;
  const element = context.tokenElement(id, longest);
  const isPeak = place === example.at;
  const value = isPeak ? example.value : example.activations?.[place];
  if (isPeak) element.classList.add("peak");
  if (value === undefined || value === null) return element;
  const number = showNumber(value);
  element.className += ` ${shade(value / most)}`;
  element.style.setProperty("--t", (Math.abs(value) / most).toFixed(3));
  element.dataset["value"] = number;
  element.tabIndex = -1;
  // Inside an image nothing can be pressed.
  element.setAttribute("role", element.querySelector("button") ? "group" : "img");
  const kind = isPeak ? "largest activation" : "activation";
  element.setAttribute("aria-label", `${shownToken(context.token(id))}, ${kind} ${number}`);
  return element;
}

const TELLING = "[data-value]";

function tokenOf({ target }: Event): HTMLElement | undefined {
  const token = target instanceof Element ? target.closest(TELLING) : null;
  return token instanceof HTMLElement ? token : undefined;
}

/** Tokens of a line of text, without those that their cell cuts off. */
function tokensIn(line: Element): HTMLElement[] {
  return [...line.querySelectorAll<HTMLElement>(TELLING)].filter((token) => {
    if (token.classList.contains("peak")) return true;
    const [inner, outer] = [token, token.parentElement!].map((one) => one.getBoundingClientRect());
    return inner!.left >= outer!.left - 1 && inner!.right <= outer!.right + 1;
  });
}

/** The token that an arrow leads to: along the line, or to the same side of the next line's largest. */
function neighbour(token: HTMLElement, key: string, lines: string): HTMLElement | undefined {
  const line = token.closest(lines)!;
  const tokens = tokensIn(line);
  const place = tokens.indexOf(token);
  if (key === "ArrowLeft") return tokens[place - 1];
  if (key === "ArrowRight") return tokens[place + 1];
  const next = key === "ArrowUp" ? line.previousElementSibling : line.nextElementSibling;
  if (!next?.matches(lines)) return undefined;
  const others = tokensIn(next);
  const peak = (all: readonly HTMLElement[]) =>
    all.findIndex((one) => one.classList.contains("peak"));
  const same = peak(others) + place - peak(tokens);
  return others[Math.max(0, Math.min(others.length - 1, same))];
}

/**
 * Lets tokens tell their activation beside them: the one under the pointer, or the one that has the
 * focus, which Tab gives to the first line's largest and the arrows move.
 *
 * @param lines the selector of a line of text.
 */
export function tellNumbers(content: HTMLElement, lines: string): HTMLElement {
  const bubble = h("div", { class: "bubble", "aria-hidden": "true" });
  const hide = () => bubble.classList.remove("shown");
  const tell = (event: Event) => {
    const token = tokenOf(event);
    if (!token) return hide();
    const [at, from] = [token, holder].map((one) => one.getBoundingClientRect());
    bubble.textContent = token.dataset["value"]!;
    bubble.style.setProperty("--x", `${(at!.left + at!.right) / 2 - from!.left}px`);
    bubble.style.setProperty("--y", `${at!.top - from!.top}px`);
    bubble.classList.add("shown");
  };
  const first = content.querySelector<HTMLElement>(`.peak${TELLING}`);
  if (first) first.tabIndex = 0;
  const holder = h(
    "div",
    {
      class: "telling",
      pointerover: tell,
      pointerleave: hide,
      focusout: hide,
      focusin: (event: FocusEvent) => {
        tell(event);
        const token = tokenOf(event);
        if (!token) return;
        for (const one of content.querySelectorAll<HTMLElement>(`${TELLING}[tabindex="0"]`)) {
          one.tabIndex = -1;
        }
        token.tabIndex = 0;
      },
      keydown: (event: KeyboardEvent) => {
        if (event.key === "Escape") return hide();
        const token = tokenOf(event);
        if (!token || event.ctrlKey || event.altKey || event.metaKey) return;
        if (!/^Arrow(Left|Right|Up|Down)$/.test(event.key)) return;
        const next = neighbour(token, event.key, lines);
        // Elsewhere these lead to the next neuron.
        event.stopPropagation();
        if (next) event.preventDefault();
        // What a cell cuts off would be scrolled into it.
        next?.focus({ preventScroll: true });
        next?.scrollIntoView({ block: "nearest", inline: "nearest" });
      },
    },
    content,
    bubble,
  );
  return holder;
}

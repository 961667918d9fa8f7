/**
 * Elements of the page. Text goes in as text nodes only: nothing in this app parses markup, so a
 * token that looks like an element is shown and never run.
 *
 * @module
 */
/// <reference lib="dom" />

/** What an element may hold. */
export type Child = Node | string | number | false | undefined;

/** Attributes by name; a function listens to the event of that name; `undefined` and `false` are left out. */
export type Attributes = Readonly<
  // deno-lint-ignore no-explicit-any -- each listener takes the event of its own name
  Record<string, string | number | boolean | undefined | ((event: any) => void)>
>;

function fill(element: Element, attributes: Attributes, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    // The page's policy forbids style attributes, not properties set by a script.
    else if (name.startsWith("--")) {
      (element as HTMLElement | SVGElement).style.setProperty(name, String(value));
    } else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** An element of HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

/** An element of SVG. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  fill(element, attributes, children);
  return element;
}

/** A button that does one thing. */
export function button(
  label: Child,
  click: () => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  return h("button", { type: "button", click, ...attributes }, label);
}

/** A box to tick, with its words. */
export function checkbox(
  label: string,
  checked: boolean,
  change: (checked: boolean) => void,
): HTMLLabelElement {
  const input = h("input", { type: "checkbox", change: () => change(input.checked) });
  input.checked = checked;
  return h("label", { class: "check" }, input, ` ${label}`);
}

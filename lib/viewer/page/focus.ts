/**
 * Keyboard focus across a redraw.
 *
 * @module
 */
/// <reference lib="dom" />

const FOCUSABLE = "a, button, input, select, summary, [tabindex]";

/** Replaces what a container holds; focus stays on the element of the same place. */
export function redrawInside(container: HTMLElement, ...nodes: readonly Node[]): void {
  const place = [...container.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement!);
  container.replaceChildren(...nodes);
  const next = place < 0 ? undefined : container.querySelectorAll(FOCUSABLE)[place];
  if (next instanceof HTMLElement) next.focus({ preventScroll: true });
}

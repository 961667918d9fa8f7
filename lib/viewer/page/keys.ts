/**
 * Keys.
 *
 * @module
 */
/// <reference lib="dom" />
import { h } from "./dom.ts";

/** What a key does, in the words of the help. */
export interface KeyAction {
  readonly keys: readonly string[];
  readonly does: string;
  readonly run: () => void;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element &&
    target.matches("input:not([type=checkbox]), select, textarea, [contenteditable]");
}

/** Listens to keys; a key with Ctrl, Alt or Meta, or while a text is typed, is left alone. */
export function listenToKeys(actions: readonly KeyAction[]): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const action = actions.find(({ keys }) => keys.includes(event.key));
    if (!action) return;
    event.preventDefault();
    action.run();
  });
}

const NAMES: Readonly<Record<string, string>> = { ArrowLeft: "\u2190", ArrowRight: "\u2192" };

/** The keys as a list. */
export function keyList(actions: readonly KeyAction[]): HTMLElement {
  return h(
    "dl",
    { class: "keys" },
    ...actions.flatMap(({ keys, does }) => [
      h("dt", {}, ...keys.flatMap((key) => [h("kbd", {}, NAMES[key] ?? key), " "])),
      h("dd", {}, does),
    ]),
  );
}

/**
 * Copying tables and lines of code.
 *
 * @module
 */
/// <reference lib="dom" />
import { h } from "./dom.ts";
import { plainNumber } from "./numbers.ts";

/** A cell to copy. */
export type Cell = string | number | null | undefined;

/** What would end a cell or a line, or not be seen. */
const BREAKS = /[\p{Cc}\u2028\u2029]/u;

/**
 * Rows as tab-separated values. White space and controls inside a text are written as in JSON, so
 * that a token cannot end its cell or its line.
 */
export function toTsv(rows: readonly (readonly Cell[])[]): string {
  const plain = (cell: Cell) => {
    if (typeof cell !== "string") return plainNumber(cell);
    return BREAKS.test(cell) ? JSON.stringify(cell) : cell;
  };
  return rows.map((row) => row.map(plain).join("\t")).join("\n") + "\n";
}

async function write(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages from disk may be refused the clipboard; the older way needs a selection.
    const area = h("textarea", { class: "offscreen", "aria-hidden": "true", tabindex: -1 });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

/** A button that copies a text and says that it did. */
export function copyButton(label: string, text: () => string): HTMLButtonElement {
  const copy = h("button", {
    type: "button",
    class: "copy",
    click: async () => {
      const focus = document.activeElement;
      await write(text());
      if (focus instanceof HTMLElement) focus.focus();
      copy.textContent = "Copied";
      setTimeout(() => copy.textContent = label, 1500);
    },
  }, label);
  return copy;
}

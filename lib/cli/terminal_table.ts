/**
 * Small tables for the terminal.
 *
 * @module
 */
import { formatNumber } from "./sizes.ts";

/** A cell; undefined and null are shown as a dash. */
export type Cell = string | number | boolean | null | undefined;

/** A column of a {@linkcode terminalTable}. */
export interface TableColumn {
  /** Its head. */
  readonly name: string;
  /** Right for numbers when not said: a column whose cells are all numbers. */
  readonly align?: "left" | "right";
  /** Significant digits of numbers; 4 when not said. */
  readonly digits?: number;
}

/**
 * Text on one line, control and format characters shown: tokens and foreign files may hold anything,
 * and a terminal must not obey them.
 */
export function visible(text: string): string {
  return text
    .replaceAll("\n", "↵")
    .replaceAll("\t", "→")
    .replace(/\p{C}/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Columns of a terminal that a text without control characters takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

function cellText(cell: Cell, digits: number): string {
  if (cell === null || cell === undefined) return "–";
  if (typeof cell === "number") return formatNumber(cell, digits);
  return visible(String(cell));
}

/**
 * Lays out rows under heads: columns two spaces apart, numbers to the right, a rule below the heads,
 * no colour. Control characters are shown, not sent.
 *
 * @returns the lines, each ended by a newline.
 *
 * @example Usage
 * ```ts
 * import { terminalTable } from "neurite/lib/cli/terminal_table.ts";
 *
 * const table = terminalTable(["quantity", "here", "paper"], [["mean", 0.81732, 0.817]]);
 * if (table.split("\n")[2] !== "mean      0.8173  0.8170") throw new Error(table);
 * ```
 */
export function terminalTable(
  columns: readonly (string | TableColumn)[],
  rows: readonly (readonly Cell[])[],
): string {
  const heads = columns.map((column) => typeof column === "string" ? { name: column } : column);
  const isNumeric = heads.map((_, j) =>
    rows.length > 0 && rows.every((row) => typeof (row[j] ?? 0) === "number")
  );
  const texts = rows.map((row) => heads.map((head, j) => cellText(row[j], head.digits ?? 4)));
  const widths = heads.map((head, j) =>
    Math.max(displayWidth(head.name), ...texts.map((row) => displayWidth(row[j]!)))
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, j) => {
      const gap = " ".repeat(widths[j]! - displayWidth(cell));
      const align = heads[j]!.align ?? (isNumeric[j] ? "right" : "left");
      return align === "right" ? gap + cell : cell + gap;
    }).join("  ").trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [line(heads.map((head) => head.name)), rule, ...texts.map(line)]
    .map((text) => text + "\n").join("");
}

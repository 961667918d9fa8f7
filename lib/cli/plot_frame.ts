/**
 * What every plotting script tells the frame that draws for it.
 *
 * @module
 */
import { note, warningCount } from "./log.ts";
import { commandLine, type ScriptMeta } from "./meta.ts";
import { terminalTable } from "./terminal_table.ts";

/** The head of a plotting script's page, and how it speaks to people. */
export interface PlotFrame {
  readonly page: { readonly title: string; readonly question: string; readonly command: string };
  readonly onNote: (line: string) => void;
  readonly warnings: () => number;
  readonly toText: typeof terminalTable;
}

/**
 * The frame of a plotting script, to be spread among what `plotRun`, `plotTables` or `plotFamily`
 * draws.
 */
export function plotFrame(meta: ScriptMeta, argv: readonly string[]): PlotFrame {
  const { title, question } = meta;
  return {
    page: { title, question, command: commandLine(meta, argv) },
    onNote: note,
    warnings: warningCount,
    toText: terminalTable,
  };
}

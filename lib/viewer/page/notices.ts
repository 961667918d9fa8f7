/**
 * What the page says in place of data: nothing made yet, or a file that cannot be read.
 *
 * @module
 */
/// <reference lib="dom" />
import type { MissingPanel, ViewerModel } from "../format.ts";
import { copyButton } from "./copy.ts";
import { h } from "./dom.ts";

/** A command with a button that copies it. */
function commandLine(command: string): HTMLElement {
  return h(
    "p",
    { class: "command" },
    h("code", {}, command),
    " ",
    copyButton("Copy command", () => command),
  );
}

/** A panel without data and the command that makes it. */
export function missingNotice({ is, command }: MissingPanel): HTMLElement {
  return h(
    "div",
    { class: "notice" },
    h("p", {}, `Not here yet: ${is}.`),
    h("p", {}, "To make it:"),
    commandLine(command),
  );
}

/** The command that builds the folder again. */
export function rebuildCommand(model: ViewerModel | undefined): string {
  return model?.provenance.command ?? "deno task un:viewer -- --model MODEL";
}

/** Something that cannot be shown, and how to make the folder again. */
export function faultNotice(error: unknown, model?: ViewerModel): HTMLElement {
  const message = error instanceof Error ? error.message : String(error);
  return h(
    "div",
    { class: "notice fault", role: "alert" },
    h("p", {}, message),
    h("p", {}, "To build the folder again:"),
    commandLine(rebuildCommand(model)),
  );
}

/**
 * A dialog with a text or a list.
 *
 * @module
 */
/// <reference lib="dom" />
import { button, h } from "./dom.ts";
import { tokenPieces } from "./token_text.ts";

/** Opens a dialog that is gone when it closes. */
export function openDialog(title: string, ...nodes: Node[]): void {
  const close = button("Close", () => dialog.close());
  const dialog = h(
    "dialog",
    { "aria-labelledby": "dialog-title", close: () => dialog.remove() },
    h("h2", { id: "dialog-title" }, title),
    ...nodes,
    close,
  );
  document.body.append(dialog);
  dialog.showModal();
}

/** Opens a text whole, with signs for what cannot be seen. */
export function openText(title: string, text: string): void {
  const pieces = tokenPieces(text).map((piece) =>
    piece.sign ? h("span", { class: "sign" }, piece.text) : piece.text
  );
  openDialog(
    title,
    h(
      "div",
      { class: "whole", tabindex: 0, role: "region", "aria-label": "Text" },
      h("bdi", { class: "token" }, ...pieces),
    ),
  );
}

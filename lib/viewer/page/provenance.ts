/**
 * Where the numbers come from.
 *
 * @module
 */
/// <reference lib="dom" />
import type { ViewerModel } from "../format.ts";
import { h } from "./dom.ts";

/** The lines of the model's provenance. */
export function provenance(model: ViewerModel): HTMLElement {
  return h(
    "footer",
    {},
    h("h2", {}, "Where these numbers come from"),
    h(
      "dl",
      {},
      ...Object.entries(model.provenance).flatMap(([name, text]) => [
        h("dt", {}, name),
        h("dd", {}, String(text)),
      ]),
    ),
  );
}

import { resolve } from "node:path";
import { cannot } from "../../errors.ts";
import type { Model } from "../../model/model.ts";

/**
 * Refuses probabilities `[N, C]` that are NaN: a mean over them says nothing, and no figure can show it.
 *
 * @throws {NeuriteError} E-CHECKPOINT with the number of prompts.
 */
export function checkFinite(
  model: Pick<Model, "directory">,
  probabilities: Float64Array,
  labels: number,
): void {
  const spoilt = new Set<number>();
  probabilities.forEach((p, i) => {
    if (!Number.isFinite(p)) spoilt.add(Math.floor(i / labels));
  });
  if (spoilt.size === 0) return;
  throw cannot("E-CHECKPOINT", {
    do: "measure",
    thing: resolve(model.directory),
    is: `${spoilt.size} of ${
      probabilities.length / labels
    } prompts with probabilities that are NaN`,
    expected: "numbers",
    hint:
      "weights that are NaN or infinite do this, and a warning names them: fetch the model again",
  });
}

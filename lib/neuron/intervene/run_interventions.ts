/**
 * A whole run of interventions: every block into means, and into whatever else is kept.
 *
 * @module
 */
import type { Model } from "../../model/model.ts";
import type { Tokens } from "../../model/tokens.ts";
import type { RowArrays } from "../row_arrays.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { interventions } from "./interventions.ts";
import { type InterventionMeans, MeansCollector, type Positions, specialIds } from "./means.ts";
import type { InterventionBlock, InterventionRequest } from "./request.ts";
import { appendTokens } from "./token_arrays.ts";

/** What is done with the blocks. */
export interface RunOptions {
  readonly positions: Positions;
  /** Where every token's results go, if they are kept. */
  readonly tokenArrays?: RowArrays | undefined;
  /** Sees each block, and which of its positions the loss counts at. */
  readonly onBlock?:
    | ((block: InterventionBlock, counts: (position: number) => boolean) => void | Promise<void>)
    | undefined;
  /** Where sums are kept, so that a run that was cut goes on. Means only: not with `tokenArrays`. */
  readonly checkpoint?: Checkpoint | undefined;
  /** Told from which row it goes on. */
  readonly onResume?: ((rows: number) => void) | undefined;
}

/** A checkpoint is written when the one before is this old. */
const CHECKPOINT_MS = 30_000;

/**
 * Runs interventions on `tokens [B, T]` and gives the means. Held at once are one block of rows and a
 * few numbers an outcome, whatever B is.
 *
 * @throws {NeuriteError} as `interventions`, and E-FILE-FULL for arrays that do not fit on the disk.
 */
export async function runInterventions(
  model: Model,
  tokens: Tokens,
  request: InterventionRequest,
  { positions, tokenArrays, onBlock, checkpoint, onResume }: RunOptions,
): Promise<InterventionMeans> {
  const collector = new MeansCollector(request, { special: specialIds(model.config), positions });
  const before = await checkpoint?.read();
  const isBegun = before !== undefined && before.rows <= tokens.shape[0]! &&
    collector.restore(before.sums);
  let rows = isBegun ? before.rows : 0;
  if (isBegun) onResume?.(rows);
  const save = () => checkpoint?.write({ rows, sums: collector.state() });
  let savedAt = performance.now();
  try {
    for await (const block of interventions(model, tokens, { ...request, firstRow: rows })) {
      collector.add(block);
      rows = block.start + block.tokens.shape[0]!;
      await onBlock?.(block, (position) => collector.counts("loss", block.tokens, position));
      if (tokenArrays) await appendTokens(tokenArrays, request, block);
      if (performance.now() - savedAt < CHECKPOINT_MS) continue;
      await save();
      savedAt = performance.now();
    }
  } catch (error) {
    if (request.signal?.aborted && rows > 0) await save();
    throw error;
  }
  await checkpoint?.discard();
  return collector.finish();
}

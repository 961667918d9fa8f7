/**
 * Mean attention of every head on the good prompts (spec/greater_than section 3.3).
 *
 * @module
 */
import { elementCount, type HostArray } from "../../array.ts";
import { forwardBatches, type ForwardOptions } from "../../model/forward/forward.ts";
import type { Model } from "../../model/model.ts";
import { asksYears, type ContrastTask, taskSize } from "./contrast_task.ts";
import { nodeName } from "../graph/nodes.ts";
import type { HeadNode } from "../graph/routes.ts";
import { groupCount, groupsOf } from "./answer_rows.ts";
import { GroupMeans } from "./group_means.ts";
import { collate } from "./year_metrics.ts";

/**
 * Values of patterns by start year that are kept, of all heads together: 128 MiB. Prompts of a hundred
 * tokens stay far below; those of a thousand would fill the memory.
 */
const MOST_COLLATED = 1 << 24;

/**
 * `attn_mean` f64 `[L, H, T, T]` over all prompts; of each given head `attn_patterns_<head> [T, T]`,
 * and for years `attn_collated_<head> [97, T, T]`, its pattern by start year, and
 * `attn_proportion_<head> [97]`, its attention from END to YY by start year. A start year without
 * prompts has NaN. `attn_collated` is left out where all heads' would be more than 2^24 values.
 */
export async function attentionPatterns(
  model: Model,
  task: ContrastTask,
  { heads, ...options }:
    & { heads: readonly HeadNode[] }
    & Pick<ForwardOptions, "memory" | "signal">,
): Promise<Record<string, HostArray<Float64Array>>> {
  const { nLayer: L, nHead: H } = model.config;
  const N = taskSize(task);
  const T = task.goodTokens.shape[1]!;
  const mean = new Float64Array(L * H * T * T);
  const proportions = heads.map(() => new Float64Array(N));
  const groups = groupsOf(task);
  const G = groupCount(task);
  const fits = asksYears(task) && heads.length * G * T * T <= MOST_COLLATED;
  const collated = fits ? heads.map(() => new GroupMeans(G, T * T)) : [];
  const layers = Array.from({ length: L }, (_, layer) => layer);
  const hook = (layer: number) => `blocks.${layer}.attn.hook_pattern`;
  const { END, YY } = task.positions;
  for await (
    const { places, rows, arrays } of forwardBatches(model, task.goodTokens, {
      ...options,
      read: layers.map(hook),
      share: true,
    })
  ) {
    for (const layer of layers) {
      const { data } = arrays[hook(layer)] as HostArray<Float32Array>;
      const own = mean.subarray(layer * H * T * T, (layer + 1) * H * T * T);
      for (let i = 0; i < data.length; i++) own[i % own.length]! += data[i]! / N;
      heads.forEach((head, index) => {
        if (head.layer !== layer) return;
        for (let row = 0; row < rows; row++) {
          const place = places[row]!;
          const at = (row * H + head.head) * T * T;
          proportions[index]![place] = data[at + END * T + YY]!;
          collated[index]?.add(data.subarray(at, at + T * T), groups.subarray(place, place + 1));
        }
      });
    }
  }
  const pattern = ({ layer, head }: HeadNode) =>
    mean.slice((layer * H + head) * T * T, (layer * H + head + 1) * T * T);
  const years = asksYears(task) ? task.YY : undefined;
  return {
    "attn_mean": { data: mean, shape: [L, H, T, T] },
    ...Object.fromEntries(heads.map((head) => [
      `attn_patterns_${nodeName(head)}`,
      { data: pattern(head), shape: [T, T] },
    ])),
    ...Object.fromEntries(collated.map((means, index) => [
      `attn_collated_${nodeName(heads[index]!)}`,
      { data: means.means(), shape: [G, T, T] },
    ])),
    ...(years && Object.fromEntries(heads.map((head, index) => [
      `attn_proportion_${nodeName(head)}`,
      flat(collate(proportions[index]!, years)),
    ]))),
  };
}

function flat({ data, shape }: HostArray<Float64Array>): HostArray<Float64Array> {
  return { data, shape: [elementCount(shape)] };
}

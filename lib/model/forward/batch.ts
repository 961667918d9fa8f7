/**
 * One batch: its levels in order, one fence, and their results as those of its rows.
 *
 * @module
 */
import { elementCount, type HostArray } from "../../array.ts";
import { finishHead } from "./head.ts";
import { findHook, hookShape } from "./hooks.ts";
import { joinLevels, type LevelPart } from "./join_levels.ts";
import { headPlanOf, LevelRun, type Past, type Run } from "./level_run.ts";
import { beforeLastPosition } from "./request.ts";
import type { BatchPlan } from "./sharing.ts";

/** Computes a batch and gives what was asked of each of its rows, by name. */
export async function runBatch(run: Run, plan: BatchPlan): Promise<Record<string, HostArray>> {
  const { request, tokens } = run;
  const computed = await readLevels(run, plan);
  const joined = new Map<string, HostArray>();
  for (const [name, parts] of computed) {
    joined.set(name, joinResult(run, plan, { name, parts }));
    computed.delete(name);
  }
  const extents = [plan.places.length, tokens.shape[1]!] as const;
  return {
    ...Object.fromEntries(hookNames(run).map((name) => [name, joined.get(name)!])),
    ...Object.fromEntries(finishHead(headPlanOf(request), joined, extents)),
  };
}

function hookNames({ request }: Run): string[] {
  return [...request.reads.values()].flatMap((names) => [...names]);
}

/** Runs the levels; the device holds nothing of them afterwards. */
async function readLevels(run: Run, { levels }: BatchPlan): Promise<Map<string, LevelPart[]>> {
  using scope = new DisposableStack();
  const T = run.tokens.shape[1]!;
  const runs: LevelRun[] = [];
  let past: Past | undefined;
  for (const level of levels) {
    const request = level.to === T ? run.request : beforeLastPosition(run.request);
    const levelRun = new LevelRun({ ...run, request }, level, { scope, past });
    past = await levelRun.pass();
    runs.push(levelRun);
  }
  const results = runs.flatMap(({ level, results }) =>
    [...results].map(([name, tensor]) => ({ name, tensor, level }))
  );
  const arrays = await run.model.device.take(results.map(({ tensor }) => tensor));
  const parts = new Map<string, LevelPart[]>();
  results.forEach(({ name, level }, i) => {
    const array = arrays[i] as LevelPart["array"];
    parts.set(name, [...parts.get(name) ?? [], { level, array }]);
  });
  return parts;
}

function joinResult(
  run: Run,
  { places, levels }: BatchPlan,
  { name, parts }: { name: string; parts: readonly LevelPart[] },
): HostArray {
  const B = places.length;
  if (levels.length === 1 && levels[0]!.rows.length === B) return parts[0]!.array;
  const { model: { config }, request, tokens } = run;
  const T = tokens.shape[1]!;
  if (hookNames(run).includes(name)) {
    const hook = findHook(config, name);
    const shape = hookShape(hook, config, [B, T]);
    const axis = hook.axes.indexOf("T");
    const outer = elementCount(shape.slice(1, axis));
    const width = elementCount(shape.slice(axis + 1));
    // What a level has no keys for lies above the diagonal.
    const pad = hook.site === "attn.hook_attn_scores" ? -Infinity : 0;
    return { data: joinLevels(parts, { T, outer, width, pad }), shape };
  }
  const ofHead = request.last ? parts.map(lastPosition) : parts;
  const { level: { rows, from, to }, array } = ofHead[0]!;
  const width = array.data.length / (rows.length * (to - from));
  const positions = request.last ? 1 : T;
  const joined = joinLevels(ofHead, { T: positions, outer: 1, width, pad: 0 });
  return { data: joined, shape: [B * positions, width] };
}

/** A statistic of the last position alone, as that of a level of one position. */
function lastPosition(part: LevelPart): LevelPart {
  return { ...part, level: { ...part.level, from: 0, to: 1 } };
}

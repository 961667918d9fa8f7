import { startProgress } from "../../../cli/progress.ts";
import type { ScriptResult } from "../../../cli/script.ts";
import type { Shard } from "../../../cli/shard_options.ts";
import type { Device } from "../../../device/device.ts";
import type { RunIdentity } from "../../../store/run/run_record.ts";
import { type CorrelationModels, type planRun, runStream } from "../correlate.ts";
import { describePlan } from "../plan.ts";
import type { AskedRun, RunSetup } from "../setup.ts";
import { factsOf, type RunFacts } from "./run_facts.ts";
import { shardRange } from "./shard_place.ts";
import { sumShard } from "./sum_shard.ts";

/** What a command asks of a shard. */
export interface ShardAsked {
  readonly shard: Shard;
  readonly setup: RunSetup;
  readonly planned: ReturnType<typeof planRun> & { readonly models: CorrelationModels };
  /** Of the run that was not cut. */
  readonly identity: RunIdentity;
  readonly recorded: RunFacts["recorded"];
  readonly options: AskedRun & {
    readonly out: string;
    readonly force: boolean;
    readonly dryRun: boolean;
    readonly checkpointMinutes: number;
  };
  readonly signal: AbortSignal;
}

/** The run that is recorded is that of all shards. */
const NONE = { value: null, source: "default" } as const;

/**
 * Sums a shard with its progress shown, and reports it; with `--dry-run` it says what it would sum.
 *
 * @throws {NeuriteError} as `sumShard`.
 */
export async function runShard(
  device: Device,
  { shard, setup, planned, identity, recorded, options, signal }: ShardAsked,
): Promise<ScriptResult> {
  const { tokens, request } = setup;
  const { models, passes, blocks } = planned;
  const { out, force, dryRun, checkpointMinutes } = options;
  const [start, end] = shardRange(blocks.count, shard);
  const what = `shard ${shard.index} of ${shard.count}, blocks ${start} to ${end}`;
  if (dryRun) return { text: `would sum ${what}, of ${describePlan(planned)}, into ${out}\n` };
  const facts = factsOf(identity, options, {
    models,
    blocks,
    recorded: { ...recorded, shard: NONE, shardIndex: NONE, shardCount: NONE },
    tokens: tokens.data.length,
    dropped: request.dropped,
    device: device.name,
  });
  const stream = runStream(device, { models, tokens, blocks, options: { ...request, signal } });
  const label = `shard ${shard.index}/${shard.count}`;
  const total = passes.length * (end - start);
  const summed = await (async () => {
    using progress = startProgress({ label, total, unit: "blocks" });
    const onProgress = (done: number) => progress.set(done);
    const run = { directory: out, shard, facts, stream, passes, checkpointMinutes, force };
    return await sumShard({ ...run, onProgress });
  })();
  const { path, marker: { bytes, sha256 } } = summed;
  return { text: `${what}: ${path}\n`, data: { shard, blocks: [start, end], path, bytes, sha256 } };
}

import assert from "node:assert/strict";
import { chooseShard, type ShardChoice } from "./shard_options.ts";

function choose(choice: ShardChoice, variables: Readonly<Record<string, string>> = {}) {
  return chooseShard(choice, (name) => variables[name]);
}

const SLURM = {
  "SLURM_ARRAY_TASK_ID": "12",
  "SLURM_ARRAY_TASK_COUNT": "8",
  "SLURM_ARRAY_TASK_MIN": "10",
  "SLURM_ARRAY_TASK_MAX": "17",
};
const USAGE = { name: "NeuriteError", code: "E-USAGE" };

Deno.test("chooseShard() takes all of the run when nothing says otherwise", () => {
  assert.equal(choose({}), undefined);
});

Deno.test("chooseShard() reads options from 1, whatever the cluster says", () => {
  const third = { index: 3, count: 8 };
  assert.deepEqual(choose({ shard: "3/8" }, SLURM), third);
  assert.deepEqual(choose({ shardIndex: 3, shardCount: 8 }, SLURM), third);
});

Deno.test("chooseShard() counts Slurm's tasks from the least, or from 1 when the count is given", () => {
  assert.deepEqual(choose({}, SLURM), { index: 3, count: 8 });
  assert.deepEqual(choose({ shardCount: 20 }, SLURM), { index: 12, count: 20 });
  const alone = { ...SLURM, "SLURM_ARRAY_TASK_COUNT": "1", "SLURM_ARRAY_TASK_MIN": "12" };
  assert.deepEqual(choose({ shardCount: 20 }, alone), { index: 12, count: 20 });
  const fromZero = { ...SLURM, "SLURM_ARRAY_TASK_ID": "0", "SLURM_ARRAY_TASK_MIN": "0" };
  assert.deepEqual(choose({}, { ...fromZero, "SLURM_ARRAY_TASK_MAX": "7" }), {
    index: 1,
    count: 8,
  });
});

Deno.test("chooseShard() counts Kubernetes' indices from 0 among the count given", () => {
  const variables = { "JOB_COMPLETION_INDEX": "0" };
  assert.deepEqual(choose({ shardCount: 4 }, variables), { index: 1, count: 4 });
  assert.throws(() => choose({}, variables), USAGE);
  assert.throws(() => choose({ shardCount: 4 }, { "JOB_COMPLETION_INDEX": "4" }), USAGE);
});

Deno.test("chooseShard() refuses parts when they do not fit together", () => {
  for (
    const choice of [
      { shard: "0/4" },
      { shard: "5/4" },
      { shard: "1/0" },
      { shard: "1/4", shardCount: 4 },
      { shardIndex: 1 },
      { shardCount: 4 },
      { shardIndex: 5, shardCount: 4 },
    ]
  ) assert.throws(() => choose(choice), USAGE, JSON.stringify(choice));
});

Deno.test("chooseShard() refuses an array with holes, which would leave blocks out", () => {
  assert.throws(() => choose({}, { ...SLURM, "SLURM_ARRAY_TASK_MAX": "24" }), USAGE);
  assert.throws(() => choose({}, { "SLURM_ARRAY_TASK_ID": "1" }), USAGE);
  assert.throws(() => choose({}, { ...SLURM, "SLURM_ARRAY_TASK_ID": "1x" }), USAGE);
});

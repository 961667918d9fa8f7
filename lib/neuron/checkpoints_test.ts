import assert from "node:assert/strict";
import { withCheckpoints } from "./checkpoints.ts";

interface Asked {
  readonly minutes: number;
  /** The state after which the signal comes, or another failure. */
  readonly stopAt?: number;
  readonly failAt?: number;
}

/** The states saved in a walk over 1, 2, 3, and how it ended. */
async function walkOver({ minutes, stopAt, failAt }: Asked) {
  const stop = new AbortController();
  const saved: number[] = [];
  const save = ({ at }: { at: number }): Promise<void> => {
    saved.push(at);
    return Promise.resolve();
  };
  const ended = await withCheckpoints(async (onState: typeof save) => {
    const state = { at: 0 };
    while (state.at < 3) {
      stop.signal.throwIfAborted();
      state.at++;
      if (state.at === failAt) throw new Error("failed");
      await onState(state);
      if (state.at === stopAt) stop.abort(new Error("stopped"));
    }
    return "whole";
  }, { save, minutes, signal: stop.signal }).catch((error) => (error as Error).message);
  return { saved, ended };
}

Deno.test("withCheckpoints() saves every state at 0 minutes, and none before its time", async () => {
  assert.deepEqual(await walkOver({ minutes: 0 }), { saved: [1, 2, 3], ended: "whole" });
  assert.deepEqual(await walkOver({ minutes: 1e9 }), { saved: [], ended: "whole" });
});

Deno.test("withCheckpoints() saves what is not saved when the signal ends the walk, and only then", async () => {
  assert.deepEqual(await walkOver({ minutes: 1e9, stopAt: 2 }), { saved: [2], ended: "stopped" });
  assert.deepEqual(await walkOver({ minutes: 0, stopAt: 2 }), { saved: [1, 2], ended: "stopped" });
  assert.deepEqual(await walkOver({ minutes: 1e9, failAt: 2 }), { saved: [], ended: "failed" });
});

import assert from "node:assert/strict";
import { cannot } from "../errors.ts";
import type { CallableScript } from "./call_script.ts";
import { people } from "./log.ts";
import { runSteps, type Step, stepCommand, stepsFailure } from "./steps.ts";

/** A script that tells what it was called with and may fail. */
function script(calls: string[][], failure?: unknown): CallableScript {
  return {
    meta: { id: "made", task: "made", title: "", question: "" },
    call(argv) {
      calls.push([...argv]);
      return failure === undefined ? Promise.resolve({}) : Promise.reject(failure);
    },
  };
}

const FAILURE = cannot("E-TOKENS", {
  do: "read",
  thing: "tokens",
  is: "none",
  expected: "some",
  hint: "make them",
});

/** Runs steps with what was told. */
async function run(steps: readonly Step[], signal = new AbortController().signal) {
  const lines: string[] = [];
  const errors: string[] = [];
  const line = people.line;
  people.line = (text) => void errors.push(text);
  let stamps = 0;
  try {
    const outcomes = await runSteps(steps, {
      signals: { signal },
      // The third step's results never change.
      stamp: ({ name }) => Promise.resolve(name === "c" ? "same" : String(stamps++)),
      onLine: (text) => lines.push(text),
    });
    return { outcomes, lines, errors };
  } finally {
    people.line = line;
  }
}

Deno.test("runSteps() runs steps in order, a line each, and says which were kept", async () => {
  const calls: string[][] = [];
  const late = { words: "<n>", read: () => Promise.resolve(String(calls.length)) };
  const made = script(calls);
  const steps: Step[] = [
    { name: "a", script: made, argv: ["--x", "1"] },
    { name: "b", script: made, argv: ["--n", late], needs: ["a"] },
    { name: "c", script: made, argv: [], needs: ["a", "b"] },
  ];
  assert.equal(stepCommand(steps[1]!), "deno task made --n '<n>'");
  const { outcomes, lines } = await run(steps);
  assert.deepEqual(calls, [["--x", "1"], ["--n", "1"], []]);
  assert.deepEqual(outcomes.map(({ state }) => state), ["done", "done", "kept"]);
  for (const [i, text] of lines.entries()) {
    assert.match(text, new RegExp(`^(done|kept)    ${"abc"[i]} \\d+\\.\\d s$`));
  }
  assert.equal(stepsFailure(outcomes, "all"), undefined);
});

Deno.test("runSteps() tells a failure, leaves out what needs it, and goes on with the rest", async () => {
  const calls: string[][] = [];
  const steps: Step[] = [
    { name: "a", script: script(calls, FAILURE), argv: [] },
    { name: "b", script: script(calls), argv: ["b"], needs: ["a"] },
    { name: "c", script: script(calls), argv: ["c"], needs: ["b"] },
    { name: "d", script: script(calls), argv: ["d"] },
  ];
  const { outcomes, lines, errors } = await run(steps);
  assert.deepEqual(calls, [[], ["d"]]);
  assert.deepEqual(outcomes.map(({ state }) => state), ["failed", "not run", "not run", "done"]);
  assert.match(lines[1]!, /^not run b needs a$/);
  assert.match(errors.join("\n"), /E-TOKENS.*Cannot read "tokens".*\n.*make them/);
  const failure = stepsFailure(outcomes, "deno task all")!;
  assert.equal(failure.code, "E-STEPS");
  assert.match(failure.message, /failed: a; not run for want of them: b, c, expected all 4 steps/);
});

Deno.test("runSteps() takes a failure that a script reports for a failure", async () => {
  const made = { ...script([]), call: () => Promise.resolve({ failure: FAILURE }) };
  const { outcomes } = await run([{ name: "a", script: made, argv: [] }]);
  assert.equal(outcomes[0]!.state, "failed");
});

Deno.test("runSteps() ends at once when it is stopped", async () => {
  const controller = new AbortController();
  const calls: string[][] = [];
  const stops: CallableScript = {
    ...script(calls),
    call() {
      controller.abort(FAILURE);
      return Promise.reject(new Error("cut"));
    },
  };
  const steps = [{ name: "a", script: stops, argv: [] }, {
    name: "b",
    script: script(calls),
    argv: [],
  }];
  await assert.rejects(run(steps, controller.signal), FAILURE);
  assert.deepEqual(calls, []);
});

Deno.test("runSteps() refuses a step before what it needs, and two of one name", async () => {
  const made = script([]);
  const a = { name: "a", script: made, argv: [] };
  await assert.rejects(run([{ ...a, needs: ["b"] }, { ...a, name: "b" }]), RangeError);
  await assert.rejects(run([a, a]), /two of that name/);
});

/**
 * Scripts run one after the other: a line each, failures named, what needs a failed one left out.
 *
 * @module
 */
import { cannot, type NeuriteError } from "../errors.ts";
import type { CallableScript } from "./call_script.ts";
import { people } from "./log.ts";
import { commandLine } from "./meta.ts";
import { reportError } from "./report.ts";

/** A word of a step's command line that an earlier step decides. */
export interface LateWord {
  /** What it will be, for plans: `"<neuron of the largest vocab_kurt>"`. */
  readonly words: string;
  read(): Promise<string>;
}

/** One script with its command line. */
export interface Step {
  /** Of its own among the steps. */
  readonly name: string;
  readonly script: CallableScript;
  readonly argv: readonly (string | LateWord)[];
  /** Steps before this one whose results it reads. */
  readonly needs?: readonly string[];
}

/** How a step ended. */
export interface StepOutcome {
  readonly name: string;
  /** `kept`: its results were there already. */
  readonly state: "done" | "kept" | "failed" | "not run";
  readonly seconds: number;
  /** The failure, or the steps that were needed and did not end well. */
  readonly why?: string;
}

/** How {@linkcode runSteps} runs. */
export interface StepSettings {
  readonly signals: { readonly signal: AbortSignal };
  /** Something that changes when a step's results are made anew. */
  readonly stamp: (step: Step) => Promise<string | undefined>;
  /** Told one line a step. */
  readonly onLine: (line: string) => void;
}

/** The command of a step as a person would type it; late words in their words. */
export function stepCommand({ script, argv }: Step): string {
  return commandLine(script.meta, argv.map((word) => typeof word === "string" ? word : word.words));
}

function checkOrder(steps: readonly Step[]): void {
  const before = new Set<string>();
  for (const { name, needs = [] } of steps) {
    const unknown = needs.find((need) => !before.has(need));
    if (unknown !== undefined || before.has(name)) {
      throw new RangeError(
        `Cannot order steps "${name}": ${
          unknown === undefined ? "two of that name" : `needs ${unknown}, which is not before it`
        }, expected each step once and after what it needs`,
      );
    }
    before.add(name);
  }
}

/**
 * Runs steps in order. One that fails is told with its error, those that need it are not run, and the
 * others go on. Only a stop ends the whole.
 *
 * @throws {NeuriteError} E-STOPPED, and {RangeError} for a step before one that it needs.
 */
export async function runSteps(
  steps: readonly Step[],
  { signals, stamp, onLine }: StepSettings,
): Promise<StepOutcome[]> {
  checkOrder(steps);
  const outcomes = new Map<string, StepOutcome>();
  const widest = Math.max(...steps.map(({ name }) => name.length));
  for (const step of steps) {
    signals.signal.throwIfAborted();
    const { name, needs = [] } = step;
    const lacking = needs.filter((need) => /^(failed|not run)$/.test(outcomes.get(need)!.state));
    const outcome = lacking.length > 0
      ? { name, state: "not run", seconds: 0, why: `needs ${lacking.join(", ")}` } as const
      : await runStep(step, { signals, stamp });
    outcomes.set(name, outcome);
    const { state, seconds, why } = outcome;
    onLine(
      `${state.padEnd(7)} ${name.padEnd(widest)} ` +
        (state === "not run" ? why : `${seconds.toFixed(1)} s`),
    );
  }
  return [...outcomes.values()];
}

async function runStep(
  step: Step,
  { signals, stamp }: Pick<StepSettings, "signals" | "stamp">,
): Promise<StepOutcome> {
  const { name, script } = step;
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  try {
    const before = await stamp(step);
    const argv: string[] = [];
    for (const word of step.argv) argv.push(typeof word === "string" ? word : await word.read());
    const { failure } = await script.call(argv, signals);
    if (failure) throw failure;
    const isKept = before !== undefined && before === await stamp(step);
    return { name, state: isKept ? "kept" : "done", seconds: seconds() };
  } catch (error) {
    signals.signal.throwIfAborted();
    reportError(people, error);
    const why = error instanceof Error ? error.message : Deno.inspect(error);
    return { name, state: "failed", seconds: seconds(), why };
  }
}

/** E-STEPS when a step failed or was not run. */
export function stepsFailure(
  outcomes: readonly StepOutcome[],
  command: string,
): NeuriteError | undefined {
  const names = (state: StepOutcome["state"]) =>
    outcomes.filter((outcome) => outcome.state === state).map(({ name }) => name);
  const [failed, left] = [names("failed"), names("not run")];
  if (failed.length + left.length === 0) return undefined;
  const notRun = left.length > 0 ? `; not run for want of them: ${left.join(", ")}` : "";
  return cannot("E-STEPS", {
    do: "finish",
    thing: command,
    is: `failed: ${failed.join(", ")}${notRun}`,
    expected: `all ${outcomes.length} steps done`,
    hint: "mend what the errors above name and run the same command again; finished steps are kept",
  });
}

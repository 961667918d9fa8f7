/**
 * A script that runs a model and writes a folder: the session, the run's identity, what is skipped when
 * it was done before, and what the record keeps.
 *
 * @module
 */
import { note, warningCount } from "../cli/log.ts";
import { commandLine, type ScriptMeta } from "../cli/meta.ts";
import type { RecordedValue } from "../cli/recorded_options.ts";
import type { ScriptResult } from "../cli/script.ts";
import type { OptionValue } from "../cli/values.ts";
import { type FinishedRun, readRun } from "../store/run/read_run.ts";
import type { RunFolder } from "../store/run/run_folder.ts";
import { runOnce } from "../store/run/run_once.ts";
import { inputFile, type RunIdentity } from "../store/run/run_record.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";
import { checkRowTokenizer } from "./tokenizer_probe.ts";

/** The options that such a script has; `commonOptions` and `MODEL_OPTION` give them. */
export interface ModelRunOptions extends SessionOptions {
  readonly out: string;
  readonly seed: number;
  readonly force: boolean;
  readonly dryRun: boolean;
}

/** The parts of a `ScriptContext` that a run needs. */
export interface ModelRunContext {
  readonly options: ModelRunOptions;
  readonly recorded: Readonly<Record<string, RecordedValue>>;
  readonly resultOptions: Readonly<Record<string, OptionValue>>;
  readonly meta: ScriptMeta;
  readonly argv: readonly string[];
}

/** What one script does. */
export interface ModelRun {
  /** For `--dry-run`: what would be run, `"490 prompts"`. */
  plan(session: Session): string | Promise<string>;
  /**
   * Files beside the model that results depend on, by the name the record gives them; `tokens` are rows
   * that the model reads.
   */
  files?(session: Session): Readonly<Record<string, string | undefined>>;
  /** Options as they were decided, where an absent one is filled in; the record keeps them. */
  decided?(session: Session): Readonly<Record<string, OptionValue>>;
  /** Computes and writes. */
  write(run: RunFolder, session: Session): Promise<void>;
  /** The finished run as a table and as JSON. */
  describe(run: FinishedRun): Promise<ScriptResult>;
}

/** What was decided in each session, so that the report can say it too. */
const decisions = new WeakMap<Session, Readonly<Record<string, OptionValue>>>();

/** The decided options, and the GELU that the model computed with where one was loaded. */
function computedWith(session: Session): Record<string, OptionValue> {
  const { loaded } = session;
  return { ...decisions.get(session), ...(loaded && { gelu: loaded.config.gelu }) };
}

/**
 * What decides the results of a run: script, options, device, the sha256 of every file read.
 *
 * @throws {NeuriteError} E-TOKENIZER for token rows that another model's tokenizer made; the errors of
 * files.
 */
export async function modelRunIdentity(
  { resultOptions, meta }: ModelRunContext,
  session: Session,
  { files, decided }: Pick<ModelRun, "files" | "decided">,
): Promise<RunIdentity> {
  const inputs = await session.inputs();
  for (const [name, path] of Object.entries(files?.(session) ?? {})) {
    if (path === undefined) continue;
    if (name === "tokens") await checkRowTokenizer(path, [session.directory]);
    inputs.push(await inputFile(name, path));
  }
  const settled = decided?.(session) ?? {};
  decisions.set(session, settled);
  const options = { ...resultOptions, ...settled, device: session.device.name };
  return { script: meta.id, options, inputs };
}

/**
 * Runs a script's work, or finds it done, and reports it. The record's `notes` have the decided
 * options and `gelu`, the form that the model computed with.
 *
 * @throws {NeuriteError} as `openSession`, `runOnce` and the script's own parts.
 */
export async function modelRun(
  context: ModelRunContext,
  work: ModelRun,
): Promise<ScriptResult> {
  const { options } = context;
  const { plan, write, describe } = work;
  await using session = await openSession(options);
  const identity = await modelRunIdentity(context, session, work);
  if (options.dryRun) return { text: `would run ${await plan(session)}, into ${options.out}\n` };
  await runOnce(options.out, identity, { force: options.force, onNote: note }, async (run) => {
    await write(run, session);
    return {
      argv: context.argv,
      options: context.recorded,
      seeds: { seed: options.seed },
      device: session.device,
      warnings: warningCount(),
      notes: computedWith(session),
    };
  });
  return await describe(await readRun(options.out));
}

/**
 * The title, command and provenance of a report on a model's run: what `modelRun` decided, the GELU
 * computed with, and `facts`, the script's own, which win over a decision of the same name.
 */
export function reportFrame(
  { options, meta, argv }: ModelRunContext,
  session: Session,
  facts: Readonly<Record<string, unknown>>,
) {
  return {
    title: meta.title,
    question: meta.question ?? "",
    command: commandLine(meta, argv),
    provenance: {
      model: session.label,
      device: session.device.description,
      seed: options.seed,
      ...computedWith(session),
      ...facts,
      record: "run.json beside this page: versions, options, sha256 of every file",
    },
  };
}

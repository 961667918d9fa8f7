/**
 * A real Slurm of one node, started for a test and ended with it.
 *
 * @module
 */
import { join } from "node:path";

const SCRIPT = new URL("local_slurm.sh", import.meta.url).pathname;

/** Debian puts the daemons where only the superuser's path leads. */
const PATH = `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/sbin`;

/** Programs of Debian's slurm-wlm and munge. */
const PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "scancel", "scontrol", "squeue"];

const DECODER = new TextDecoder();

function hasProgram(name: string): boolean {
  return PATH.split(":").some((folder) => {
    if (folder === "") return false;
    try {
      return Deno.statSync(join(folder, name)).isFile;
    } catch {
      return false;
    }
  });
}

/** Whether programs are there; `NEURITE_REQUIRE_SLURM=1` (CI) turns the skip for want of them into a failure. */
export function hasPrograms(names: readonly string[]): boolean {
  return names.every(hasProgram) || Deno.env.get("NEURITE_REQUIRE_SLURM") === "1";
}

/** True where there is no Slurm. */
export const slurmAbsent = !hasPrograms(PROGRAMS);

/** A Slurm that runs. */
export interface LocalSlurm extends AsyncDisposable {
  /** Runs a program beside it and returns what it prints; throws what it says when it fails. */
  run(program: string, args: readonly string[]): Promise<string>;
}

/** A port that nothing listens on. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** The tests' own variables without those of a Slurm that they may run under. */
function environment(folder: string): Record<string, string> {
  const own = Object.entries(Deno.env.toObject()).filter(([name]) =>
    !/^(SLURM|SBATCH|JOB_COMPLETION)_/.test(name)
  );
  return { ...Object.fromEntries(own), PATH, "SLURM_CONF": join(folder, "slurm.conf") };
}

async function run(env: Record<string, string>, program: string, args: readonly string[]) {
  const { success, code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    clearEnv: true,
    env,
    stdin: "null",
  }).output();
  if (success) return DECODER.decode(stdout);
  throw new Error(`${program} ${args.join(" ")}: exit ${code}\n${DECODER.decode(stderr)}`);
}

/**
 * Starts a Slurm in an empty folder. Its jobs and daemons end when it is disposed of, and also when
 * this process dies: they live as long as the pipe to the script that started them.
 */
export async function startSlurm(folder: string): Promise<LocalSlurm> {
  const env = environment(folder);
  const child = new Deno.Command(SCRIPT, {
    args: [folder, `${freePort()}`, `${freePort()}`],
    clearEnv: true,
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  async function end(): Promise<void> {
    await child.stdin.close();
    await lines.cancel();
    await child.status;
  }
  const { value = "" } = await lines.read();
  if (value.trim() !== "ready") {
    await end();
    throw new Error(`Slurm did not start in ${folder}`);
  }
  return { run: (program, args) => run(env, program, args), [Symbol.asyncDispose]: end };
}

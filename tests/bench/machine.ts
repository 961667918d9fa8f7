/**
 * Facts of the machine a benchmark ran on, and how busy others kept it meanwhile.
 *
 * @module
 */
import process from "node:process";

/** What a result is worth nothing without. */
export interface MachineFacts {
  processor: string;
  cores: number;
  memoryBytes: number;
  system: string;
  deno: string;
  date: string;
}

/** Reads the facts; the processor's name is known on Linux only. */
export async function machineFacts(): Promise<MachineFacts> {
  const info = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  return {
    processor: /^model name\s*: (.+)$/m.exec(info)?.[1] ?? Deno.build.arch,
    cores: navigator.hardwareConcurrency,
    memoryBytes: Deno.systemMemoryInfo().total,
    system: `${Deno.build.os} ${Deno.osRelease()}`,
    deno: Deno.version.deno,
    date: new Date().toISOString().slice(0, 10),
  };
}

/** Linux counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

async function busySeconds(pids: readonly number[]): Promise<{ all: number; own: number }> {
  const total = await Deno.readTextFile("/proc/stat");
  // user nice system idle iowait irq softirq steal: idle and iowait are the time nobody used.
  const [user, nice, system, , , irq, soft] = /^cpu +(.+)$/m.exec(total)![1]!.split(" ").map(
    Number,
  );
  let own = 0;
  for (const pid of pids) {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    // The name in parentheses may hold spaces; the times are fields 14 and 15 of the line.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    own += Number(fields[11]) + Number(fields[12]);
  }
  const all = user! + nice! + system! + irq! + soft!;
  return { all: all / TICKS_PER_SECOND, own: own / TICKS_PER_SECOND };
}

/**
 * Runs a job and tells its wall time and the share of all cores that processes other than this one
 * and `peers` used meanwhile: 0 on a quiet machine. `undefined` where /proc is absent.
 */
export async function timed(
  job: () => Promise<void>,
  peers: readonly number[],
): Promise<{ seconds: number; othersBusy: number | undefined }> {
  const pids = [process.pid, ...peers];
  const sample = () => Deno.build.os === "linux" ? busySeconds(pids) : Promise.resolve(undefined);
  const before = await sample();
  const start = performance.now();
  await job();
  const seconds = (performance.now() - start) / 1000;
  const after = await sample();
  if (!before || !after) return { seconds, othersBusy: undefined };
  const others = (after.all - before.all) - (after.own - before.own);
  const share = others / (seconds * navigator.hardwareConcurrency);
  return { seconds, othersBusy: Math.min(1, Math.max(0, share)) };
}

// The scripts for clusters, each alone: what they refuse, what they print, when a job goes back into
// the queue. tests/slurm_test.ts runs them on a real Slurm.
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { inFolder } from "./folders.ts";
import { projectFiles, readText, ROOT } from "./house/tree.ts";
import { hasPrograms } from "./slurm/local_slurm.ts";
import { CORRELATIONS, correlationsOf, MERGE, results } from "./shards/tiny_run.ts";
import { run } from "./bad_input/command.ts";
import { parseYaml, type Yaml } from "./slurm/yaml.ts";

const FOLDER = "scripts/universal_neurons/slurm";
const FILES = projectFiles().filter((path) => path.startsWith(`${FOLDER}/`));
const SHELL = FILES.filter((path) => /\.(sh|sbatch)$/.test(path));
const isPosix = Deno.build.os !== "windows";
const [noParallel, noShellcheck] = [!hasPrograms(["parallel"]), !hasPrograms(["shellcheck"])];

interface Settings {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

async function shell(words: readonly string[], { env = {}, cwd = ROOT }: Settings = {}) {
  const [program, ...args] = words as [string, ...string[]];
  const path = program.includes("/") ? join(ROOT, program) : program;
  const command = path.endsWith(".sbatch")
    ? new Deno.Command("bash", { args: [path, ...args], env, cwd })
    : new Deno.Command(path, { args, env, cwd });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test({
  name: "every script for clusters explains itself and exits 2 when it is called with nothing",
  ignore: !isPosix,
  async fn() {
    assert.ok(SHELL.length >= 7, `${SHELL}`);
    for (const path of SHELL) {
      const text = readText(path);
      assert.match(text, /^#!\/usr\/bin\/env bash\n# \w/, path);
      assert.match(text, /^set -euo pipefail$/m, path);
      const { code, stdout, stderr } = await shell([path]);
      assert.equal(code, 2, path);
      assert.equal(stdout, "");
      assert.ok(stderr.includes(basename(path)), `${path}: ${stderr}`);
    }
  },
});

Deno.test({
  name: "every script for clusters passes shellcheck",
  ignore: noShellcheck,
  async fn() {
    const { code, stdout } = await shell(["shellcheck", ...SHELL, "tests/slurm/local_slurm.sh"]);
    assert.equal(code, 0, stdout);
  },
});

Deno.test("every job script asks for one GPU, requeues, and is warned before its time limit", () => {
  for (const path of SHELL.filter((path) => path.endsWith(".sbatch"))) {
    const options = [...readText(path).matchAll(/^#SBATCH (\S+)$/gm)].map(([, option]) => option);
    for (
      const option of ["--requeue", "--gres=gpu:1", "--signal=B:USR1@120", "--open-mode=append"]
    ) assert.ok(options.includes(option), `${path}: ${option}`);
  }
});

/** Runs requeue.sh as a task of a job, with a scontrol that writes down what it is told. */
async function requeued(
  words: readonly string[],
  { folder, env = {}, signal }: {
    folder: string;
    env?: Record<string, string>;
    signal?: Deno.Signal;
  },
) {
  const told = join(folder, "told");
  await Deno.writeTextFile(told, "");
  await Deno.writeTextFile(join(folder, "scontrol"), `#!/bin/sh\necho "$@" >"${told}"\n`);
  await Deno.chmod(join(folder, "scontrol"), 0o755);
  const child = new Deno.Command(join(ROOT, FOLDER, "requeue.sh"), {
    args: [...words],
    env: {
      PATH: `${folder}:${Deno.env.get("PATH")}`,
      "SLURM_JOB_ID": "9",
      "SLURM_ARRAY_JOB_ID": "7",
      "SLURM_ARRAY_TASK_ID": "3",
      ...env,
    },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (signal && said === "") child.kill(signal);
    said += part.value;
  }
  const { code } = await child.status;
  return { code, told: (await Deno.readTextFile(told)).trim(), said };
}

/** Says when it runs, and what signal it gets within two seconds. */
const LISTENER = [
  "bash",
  "-c",
  `trap 'echo TERM; exit 75' TERM; echo ready; for _ in $(seq 40); do sleep 0.05; done; echo end`,
];

Deno.test({
  name: "requeue.sh puts a job back when its command was stopped or killed, and only then",
  ignore: !isPosix,
  async fn() {
    await inFolder(async (folder) => {
      const back = "requeue incomplete 7_3";
      const exits = (command: string, env?: Record<string, string>) =>
        requeued(["bash", "-c", command], { folder, ...(env && { env }) });
      const facts = ({ code, told }: { code: number; told: string }) => [code, told];
      assert.deepEqual(facts(await exits("exit 0")), [0, ""]);
      assert.deepEqual(facts(await exits("exit 4")), [4, ""]);
      assert.deepEqual(facts(await exits("exit 75")), [75, back]);
      assert.deepEqual(facts(await exits("kill -KILL $$")), [137, back]);
      assert.deepEqual(facts(await exits("exit 75", { "SLURM_RESTART_COUNT": "49" })), [75, back]);
      assert.deepEqual(facts(await exits("exit 75", { "SLURM_RESTART_COUNT": "50" })), [75, ""]);
      const few = { "SLURM_RESTART_COUNT": "1", "NEURITE_RESTARTS": "1" };
      assert.deepEqual(facts(await exits("exit 75", few)), [75, ""]);
      // No array.
      const alone = { "SLURM_ARRAY_JOB_ID": "", "SLURM_ARRAY_TASK_ID": "" };
      assert.deepEqual(facts(await exits("exit 75", alone)), [75, "requeue incomplete 9"]);

      const warned = await requeued(LISTENER, { folder, signal: "SIGUSR1" });
      assert.deepEqual(warned, { code: 75, told: back, said: "ready\nTERM\n" });
      // Slurm has sent that one to the command too.
      const ended = await requeued(LISTENER, { folder, signal: "SIGTERM" });
      assert.deepEqual(ended, { code: 0, told: "", said: "ready\nend\n" });
    });
  },
});

Deno.test({
  name: "each.sbatch runs its line of a list, which its array does not cut into shards",
  ignore: !isPosix,
  async fn() {
    await inFolder(async (folder) => {
      const words = await correlationsOf(await Deno.realPath(folder), { rows: 2 });
      const line = words.map((word) => word.replace(/=(.*)$/, '="$1"')).join(" ");
      const list = join(folder, "a list");
      await Deno.writeTextFile(
        list,
        `forward --help\nuniversal_neurons/correlations ${line} --dry-run\n../x $(touch y)\n`,
      );
      const task = (id: number) =>
        shell([`${FOLDER}/each.sbatch`, list], {
          cwd: folder,
          env: {
            "NEURITE_ROOT": ROOT,
            "SLURM_JOB_ID": "9",
            "SLURM_ARRAY_JOB_ID": "7",
            "SLURM_ARRAY_TASK_ID": `${id}`,
            "SLURM_ARRAY_TASK_COUNT": "3",
            "SLURM_ARRAY_TASK_MIN": "1",
            "SLURM_ARRAY_TASK_MAX": "3",
          },
        });
      const run = await task(2);
      assert.equal(run.code, 0, run.stderr);
      assert.match(run.stdout, /^would run 1 blocks of 256 tokens/);
      for (const id of [3, 4]) {
        const { code, stderr } = await task(id);
        assert.equal(code, 2);
        assert.match(stderr, /^line \d of .+ names no script of .+scripts: '(\.\.\/x)?'$/m);
      }
      await assert.rejects(Deno.stat(join(folder, "y")), Deno.errors.NotFound);
    });
  },
});

/** A value inside a document. */
function at(value: Yaml, ...path: (string | number)[]): Yaml | undefined {
  let found: Yaml | undefined = value;
  for (const step of path) found = (found as Record<string | number, Yaml> | undefined)?.[step];
  return found;
}

Deno.test({
  name:
    "kubernetes.sh prints an Indexed Job that retries a stopped shard and gives up a hopeless one",
  ignore: !isPosix,
  async fn() {
    const env = {
      "NEURITE_IMAGE": "registry/neurite:1",
      "NEURITE_CLAIM": "data",
      "NEURITE_JOBS": "4",
    };
    const odd = ["--out", '/data/a "b" & \\ ${NEURITE_NAME}'];
    const words = [`${FOLDER}/kubernetes.sh`, "shards", "un-ab", "8", "--", ...odd];
    const { code, stdout, stderr } = await shell(words, { env });
    assert.equal(code, 0, stderr);
    const job = parseYaml(stdout);
    assert.deepEqual([at(job, "apiVersion"), at(job, "kind")], ["batch/v1", "Job"]);
    assert.equal(at(job, "metadata", "name"), "un-ab");
    const spec = at(job, "spec")!;
    assert.equal(at(spec, "completionMode"), "Indexed");
    assert.deepEqual([at(spec, "completions"), at(spec, "parallelism")], [8, 4]);
    assert.equal(at(spec, "backoffLimitPerIndex"), 3);
    const pod = at(spec, "template", "spec")!;
    assert.equal(at(pod, "restartPolicy"), "Never");
    const container = at(pod, "containers", 0)!;
    assert.deepEqual(at(container, "command"), [`/neurite/${CORRELATIONS}`]);
    assert.deepEqual(at(container, "args"), [...odd, "--shard-count", "8"]);
    assert.equal(at(container, "resources", "limits", "nvidia.com/gpu"), 1);
    const rules = at(spec, "podFailurePolicy", "rules") as Yaml[];
    const onExit = (action: string) =>
      rules.filter((rule) => at(rule, "action") === action && at(rule, "onExitCodes")).map(
        (rule) => {
          assert.equal(at(rule, "onExitCodes", "containerName"), at(container, "name"));
          assert.equal(at(rule, "onExitCodes", "operator"), "In");
          return at(rule, "onExitCodes", "values");
        },
      );
    assert.deepEqual(onExit("Ignore"), [[75]]);
    assert.deepEqual(onExit("FailIndex"), [[2, 4, 5]]);
    const claim = at(pod, "volumes", 0, "persistentVolumeClaim", "claimName");
    assert.equal(claim, "data");

    const merge = await shell([...words.toSpliced(1, 3, "merge", "un-ab")], { env });
    assert.equal(merge.code, 0, merge.stderr);
    const merging = at(parseYaml(merge.stdout), "spec", "template", "spec", "containers", 0)!;
    assert.deepEqual(at(merging, "command"), [`/neurite/${MERGE}`]);
    assert.deepEqual(at(merging, "args"), odd);
  },
});

Deno.test({
  name: "kubernetes.sh refuses names, counts and options that make no manifest",
  ignore: !isPosix,
  async fn() {
    const env = { "NEURITE_IMAGE": "i", "NEURITE_CLAIM": "c" };
    for (
      const args of [
        ["shards", "Bad_Name", "8", "--", "x"],
        ["shards", "ab", "0", "--", "x"],
        ["shards", "ab", "8", "x"],
        ["shards", "ab", "8", "--"],
        ["merge", "ab", "--"],
        ["shards", "ab", "8", "--", "line\nbreak"],
      ]
    ) {
      const { code, stdout } = await shell([`${FOLDER}/kubernetes.sh`, ...args], { env });
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" }, args.join(" "));
    }
  },
});

Deno.test({
  name: "parallel.sh runs the shards with GNU parallel and merges them into the whole run",
  ignore: !isPosix || noParallel,
  async fn() {
    await inFolder(async (folder) => {
      const words = await correlationsOf(folder, { rows: 4, baseline: "none" });
      const [out, whole] = [join(folder, "the run"), join(folder, "whole")];
      const { code, stderr } = await shell([`${FOLDER}/parallel.sh`, "2", out, "--", ...words], {
        env: { "NEURITE_JOBS": "2", "NEURITE_MERGE": "--memory 2G" },
      });
      assert.equal(code, 0, stderr);
      assert.equal((await run([CORRELATIONS, ...words, `--out=${whole}`])).exit, 0);
      assert.deepEqual(await results(out), await results(whole));
    });
  },
});

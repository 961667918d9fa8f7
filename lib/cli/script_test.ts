import assert from "node:assert/strict";
import { join } from "node:path";

const FIXTURE = new URL("../../tests/fixtures/scripts/misbehave.ts", import.meta.url).pathname;
// The signals and the permissions of a POSIX system; elsewhere there is only SIGINT.
const isPosix = Deno.build.os !== "windows";

function command(argv: string[], flags: string[] = []): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-lock", "--no-prompt", "--quiet", ...flags, FIXTURE, ...argv],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function run(argv: string[], flags: string[] = []) {
  const { code, stdout, stderr } = await command(argv, flags).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("runScript() exits 0 with data on stdout and people's lines on stderr", async () => {
  const { code, stdout, stderr } = await run([]);
  assert.equal(code, 0);
  assert.equal(stdout, "value 1\n");
  assert.match(stderr, /^a note\nwarning a warning\nwork: 3 in .+\n$/);
});

Deno.test("runScript() prints one versioned document with --json, and no notes with --quiet", async () => {
  const { code, stdout, stderr } = await run(["--", "--json", "--quiet", "--seed", "3"]);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), {
    schema: "neurite.fixtures.misbehave/1",
    seed: 3,
    values: [1, 2],
  });
  assert.equal(stderr, "warning a warning\n");
});

Deno.test("runScript() prints a text that has no data as the document of --json", async () => {
  const { stdout } = await run(["--json", "--end", "plan"]);
  assert.deepEqual(JSON.parse(stdout), {
    schema: "neurite.fixtures.misbehave/1",
    text: "would end well\n",
  });
});

Deno.test("runScript() answers --help and --version on stdout without running", async () => {
  const help = await run(["--end", "unknown", "--help"]);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /Usage: deno task fixture:misbehave/);
  assert.equal(help.stderr, "");
  const version = await run(["--version"]);
  assert.match(version.stdout, /^neurite \d+\.\d+\.\d+ fixtures\/misbehave\n$/);
});

Deno.test("runScript() shows the control characters of a message and does not send them", async () => {
  const { code, stderr } = await run(["a\x1b[2J\nb"]);
  assert.equal(code, 2);
  assert.match(stderr, /^error\[E-USAGE\] Cannot read argument "a\\u\{1b\}\[2J↵b": .+\nHint: /);
});

Deno.test("runScript() exits 2 on a wrong command line and names the nearest flag", async () => {
  const { code, stdout, stderr } = await run(["--ende", "well"]);
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(
    stderr,
    /^error\[E-USAGE\] Cannot read option "--ende": .* --end, the nearest\nHint: /,
  );
});

Deno.test("runScript() exits with the code of a known error", async () => {
  const { code, stderr } = await run(["--end", "known"]);
  assert.equal(code, 4);
  assert.match(stderr, /^error\[E-TOKENS\] Cannot read "\/data.*, expected .*\nHint: check/m);
  assert.doesNotMatch(stderr, /\n +at /);
});

Deno.test("runScript() exits 1 on an unknown error, with stacks and a request to report", async () => {
  const { code, stderr } = await run(["--end", "unknown"]);
  assert.equal(code, 1);
  assert.match(stderr, /^error TypeError: undefined is not a neuron\n +at main/m);
  assert.match(stderr, /Caused by: Error: a deeper one/);
  assert.match(stderr, /^Hint: .*please report/m);
});

Deno.test("runScript() prints the output before it exits 3 on a failed check", async () => {
  const { code, stdout, stderr } = await run(["--end", "check", "--json"]);
  assert.equal(code, 3);
  assert.equal(JSON.parse(stdout).mean, 0.5);
  assert.match(stderr, /^error\[E-CHECK\]/m);
});

Deno.test("runScript() exits 4 naming the permission that lacks", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const out = join(folder, "a.txt");
    const elsewhere = `--allow-write=${join(folder, "elsewhere")}`;
    const write = await run(["--end", "write", "--out", out], [elsewhere]);
    assert.equal(write.code, 4);
    assert.match(write.stderr, /^error\[E-FILE-PERMISSION\] Cannot write ".*a\.txt"/m);
    assert.ok(write.stderr.includes(`--allow-write=${folder}`), write.stderr);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
    const fetch = await run(["--end", "fetch"]);
    assert.equal(fetch.code, 4);
    assert.match(fetch.stderr, /^Hint: .*--allow-net/m);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("runScript() keeps quiet when the reader of stdout has gone", async () => {
  const child = command([]).spawn();
  await child.stdout.cancel();
  const { code } = await child.status;
  const stderr = await new Response(child.stderr).text();
  assert.equal(code, 141);
  assert.doesNotMatch(stderr, /error/);
});

async function signalled(end: string, signals: Deno.Signal[]) {
  const child = command(["--end", end]).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let stderr = "";
  const readUntil = async (text: string | undefined) => {
    while (text === undefined || !stderr.includes(text)) {
      const { value, done } = await reader.read();
      if (done) return;
      stderr += value;
    }
  };
  await readUntil("ready");
  for (const [i, signal] of signals.entries()) {
    // Two of a kind that wait at the same time are one.
    if (i > 0) await readUntil("once more");
    child.kill(signal);
  }
  await readUntil(undefined);
  const { code } = await child.status;
  await child.stdout.cancel();
  return { code, stderr };
}

Deno.test({
  name: "runScript() exits 75 when main stops on SIGTERM or SIGUSR1, 130 on SIGINT",
  ignore: !isPosix,
  async fn() {
    for (const [signal, wanted] of [["SIGTERM", 75], ["SIGUSR1", 75], ["SIGINT", 130]] as const) {
      const { code, stderr } = await signalled("heed", [signal]);
      assert.equal(code, wanted, signal);
      assert.match(stderr, new RegExp(`^error\\[E-STOPPED\\] .*stopped by ${signal}`, "m"));
      assert.match(stderr, /^Hint: run the same command again/m);
    }
  },
});

Deno.test({
  name: "runScript() ends at once, 143 or 130, when main never looks at the signal",
  ignore: !isPosix,
  async fn() {
    assert.equal((await signalled("ignore", ["SIGTERM"])).code, 143);
    assert.equal((await signalled("ignore", ["SIGINT"])).code, 130);
  },
});

Deno.test({
  name: "runScript() ends at once on a second signal",
  ignore: !isPosix,
  async fn() {
    assert.equal((await signalled("deaf", ["SIGTERM", "SIGTERM"])).code, 143);
    assert.equal((await signalled("deaf", ["SIGTERM", "SIGINT"])).code, 130);
  },
});

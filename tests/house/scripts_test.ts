import assert from "node:assert/strict";
import { join } from "node:path";
import { denoConfig, projectFiles, readText, ROOT } from "./tree.ts";

const SCRIPTS = projectFiles().filter((path) =>
  path.startsWith("scripts/") && path.endsWith(".ts") && !/_test\.ts$/.test(path)
);

const SHEBANG = /^#!\/usr\/bin\/env -S deno run((?: -\S+)*)\n/;

function shebangFlags(path: string): string[] {
  const flags = SHEBANG.exec(readText(path))?.[1];
  assert.ok(flags !== undefined, `${path} does not start with #!/usr/bin/env -S deno run …`);
  return flags.split(" ").filter((flag) => flag !== "");
}

async function run(path: string, args: string[]): Promise<{ code: number; stderr: string }> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...shebangFlags(path), path, ...args],
    cwd: ROOT,
    stdin: "null",
    env: { NO_COLOR: "1", DENO_NO_PROMPT: "1" },
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

/** Two at a time: each start of Deno keeps one core busy. */
async function inPairs(paths: string[], job: (path: string) => Promise<void>): Promise<void> {
  const queue = [...paths];
  const work = async () => {
    for (let path = queue.shift(); path; path = queue.shift()) await job(path);
  };
  await Promise.all([work(), work()]);
}

Deno.test("every script starts with its permissions and can be executed", () => {
  for (const path of SCRIPTS) {
    const flags = shebangFlags(path);
    assert.ok(!flags.includes("-A") && !flags.includes("--allow-all"), `${path} asks for all`);
    if (Deno.build.os === "windows") continue;
    assert.ok(Deno.statSync(join(ROOT, path)).mode! & 0o100, `${path} is not executable`);
  }
});

Deno.test("no first line is longer than Linux reads when a script is started as a file", () => {
  // The rest is cut off without a word (execve(2)), and with it permissions.
  for (const path of SCRIPTS) {
    const [first] = readText(path).split("\n");
    assert.ok(first!.length <= 255, `${path}: ${first!.length} characters`);
  }
});

Deno.test("every script has one task with the flags of its shebang when deno.json is read", () => {
  const commands = Object.values(denoConfig().tasks).map((task) =>
    typeof task === "string" ? task : task.command ?? ""
  );
  for (const path of SCRIPTS) {
    const calls = commands.flatMap((
      command,
    ) => [...command.matchAll(/deno run((?: -\S+)*) (scripts\/\S+)/g)]).filter((call) =>
      call[2] === path
    );
    assert.ok(calls.length > 0, `no task runs ${path}`);
    for (const call of calls) {
      const flags = call[1]!.split(" ").filter((flag) => flag !== "");
      assert.deepEqual(flags.sort(), shebangFlags(path).sort(), path);
    }
  }
});

Deno.test("every task says what it does when deno task lists it", () => {
  const silent = Object.entries(denoConfig().tasks).filter(([, task]) =>
    typeof task === "string" || !task.description
  ).map(([name]) => name);
  assert.deepEqual(silent, []);
});

Deno.test("every script exits 0 when asked for --help", async () => {
  const faults: string[] = [];
  await inPairs(SCRIPTS, async (path) => {
    const { code, stderr } = await run(path, ["--help"]);
    if (code !== 0) faults.push(`${path}: exit ${code}\n${stderr}`);
  });
  assert.deepEqual(faults, []);
});

Deno.test("every script exits 2 when given an unknown flag", async () => {
  const faults: string[] = [];
  await inPairs(SCRIPTS, async (path) => {
    const { code, stderr } = await run(path, ["--no-such-flag"]);
    if (code !== 2) faults.push(`${path}: exit ${code}\n${stderr}`);
    else if (!/^error\[E-[A-Z-]+\] Cannot .+ ".+": .+, expected/m.test(stderr)) {
      faults.push(`${path}: ${stderr}`);
    } else if (!/^Hint: \S/m.test(stderr)) faults.push(`${path}: no hint\n${stderr}`);
  });
  assert.deepEqual(faults, []);
});

import assert from "node:assert/strict";
import { Log } from "./log.ts";
import { startProgress } from "./progress.ts";

function setUp(isTerminal: boolean) {
  const lines: string[] = [];
  const clock = { ms: 0 };
  const log = new Log({ isTerminal, columns: 200, write: (text) => void lines.push(text) });
  return { lines, clock, log, now: () => clock.ms };
}

Deno.test("startProgress() writes a plain line every 30 s off a terminal", () => {
  const { lines, clock, log, now } = setUp(false);
  {
    using progress = startProgress({ label: "run", total: 100, unit: "tokens", log, now });
    for (let i = 0; i < 61; i++) {
      clock.ms += 1000;
      progress.advance();
    }
  }
  assert.deepEqual(lines, [
    "run 30/100 tokens, 30 %, 1 tokens/s, 1 min 10 s left\n",
    "run 60/100 tokens, 60 %, 1 tokens/s, 40.0 s left\n",
    "run: 61 tokens in 1 min 01 s\n",
  ]);
});

Deno.test("startProgress() redraws one line on a terminal, ten times a second at most", () => {
  const { lines, clock, log, now } = setUp(true);
  {
    using progress = startProgress({ label: "run", total: 1000, log, now });
    for (let i = 0; i < 100; i++) {
      clock.ms += 10;
      progress.advance();
    }
    assert.equal(lines.length, 10);
    assert.ok(lines.every((line) => line.startsWith("\r\x1b[2Krun ")));
  }
  assert.deepEqual(lines.slice(-2), ["\r\x1b[2K", "run: 100 in 1.0 s\n"]);
});

Deno.test("startProgress() leaves what was resumed out of the rate", () => {
  const { clock, log, now } = setUp(false);
  using progress = startProgress({ label: "run", total: 1000, start: 900, log, now });
  clock.ms = 10_000;
  progress.advance(50);
  assert.equal(progress.describe(), "run 950/1,000, 95 %, 5/s, 10.0 s left");
});

Deno.test("startProgress() shows nothing when quiet and survives a total of 0", () => {
  const { lines, clock, log, now } = setUp(false);
  log.quiet = true;
  {
    using progress = startProgress({ label: "run", total: 0, log, now });
    clock.ms = 60_000;
    progress.advance(3);
    assert.equal(progress.describe(), "run 3/0, 0.0500/s");
  }
  assert.deepEqual(lines, []);
});

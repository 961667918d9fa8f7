import assert from "node:assert/strict";
import { Log, type Sink } from "./log.ts";

function memory(isTerminal: boolean): Sink & { text: string } {
  return {
    text: "",
    isTerminal,
    columns: 20,
    write(text) {
      this.text += text;
    },
  };
}

Deno.test("Log.note() is silent when quiet, Log.warn() is not and counts", () => {
  const sink = memory(false);
  const log = new Log(sink);
  log.note("one");
  log.quiet = true;
  log.note("two");
  log.warn("three");
  log.warn("three");
  assert.equal(sink.text, "one\nwarning three\nwarning three\n");
  assert.equal(log.warnings, 2);
});

Deno.test("Log.line() goes above the live line, which is redrawn", () => {
  const sink = memory(true);
  const log = new Log(sink);
  log.live("50 %");
  log.line("note");
  log.live("");
  assert.equal(sink.text, "\r\x1b[2K50 %\r\x1b[2Knote\n50 %\r\x1b[2K");
});

Deno.test("Log.live() is cut at the width and absent off a terminal", () => {
  const terminal = memory(true);
  new Log(terminal).live("x".repeat(50));
  assert.equal(terminal.text, "\r\x1b[2K" + "x".repeat(19));
  const file = memory(false);
  new Log(file).live("x");
  assert.equal(file.text, "");
});

Deno.test("Log.paint() colours nothing off a terminal", () => {
  assert.equal(new Log(memory(false)).paint("error", "31"), "error");
});

import assert from "node:assert/strict";
import { inFolder } from "../../../tests/folders.ts";
import { TextSpool } from "./text_spool.ts";

Deno.test("TextSpool gives back every character, in memory and from a file", () =>
  inFolder(async (folder) => {
    // A document of JSON lines may begin with what is a byte order mark at the start of a file.
    const texts = ["\ufeffone ", "naïve ", "\u{1f600}".repeat(70_000), "\ufeff", "end"];
    for (const mostHeld of [1 << 20, 0]) {
      await using spool = new TextSpool(folder, mostHeld);
      for (const text of texts) await spool.add(text);
      const read = await Array.fromAsync(spool.read());
      assert.equal(read.join(""), texts.join(""));
      assert.equal([...read.join("")].length, spool.characters);
      assert(read.every((piece) => piece.isWellFormed()));
      await spool.clear();
      await spool.add("again");
      assert.equal((await Array.fromAsync(spool.read())).join(""), "again");
    }
  }));

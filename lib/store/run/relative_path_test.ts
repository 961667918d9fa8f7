import assert from "node:assert/strict";
import { resolve } from "node:path";
import fc from "fast-check";
import { insidePath, isInsidePath } from "./relative_path.ts";

Deno.test("insidePath() takes plain names and refuses what could leave the folder", () => {
  for (const path of ["run.json", "tables/a.parquet", "figures/fig_5+b.vl.json", "s/1-of-4/x"]) {
    assert.equal(insidePath(path), path);
  }
  const bad = ["", ".", "..", "/etc/passwd", "a/../b", "../a", "a//b", "a/", ".hidden", "a/.b"];
  const foreign = ["a\\b", "C:x", "a b", "a\0b", "é", "a".repeat(300), "a\n"];
  for (const path of [...bad, ...foreign]) {
    assert.throws(() => insidePath(path), RangeError, JSON.stringify(path));
  }
});

Deno.test("isInsidePath() never accepts a path that leaves the folder", () => {
  const part = fc.constantFrom("..", ".", "", "a", "b.c", "/", "\\", "~", "-", "a-b");
  fc.assert(fc.property(fc.array(part), (parts) => {
    const path = parts.join("/");
    if (isInsidePath(path)) assert.ok(resolve("/root", path).startsWith("/root/"), path);
  }));
});

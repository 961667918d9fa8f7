import assert from "node:assert/strict";
import fc from "fast-check";
import { formatBytes, formatCount, formatDuration, formatNumber, parseBytes } from "./sizes.ts";

Deno.test("parseBytes() reads the sizes people write", () => {
  const cases: [string, number | undefined][] = [
    ["4G", 4 * 1024 ** 3],
    ["4g", 4 * 1024 ** 3],
    ["512MiB", 512 * 1024 ** 2],
    ["1.5 GB", 1_500_000_000],
    ["2TB", 2e12],
    ["3K", 3072],
    ["100000", 100_000],
    ["7B", 7],
    ["0", 0],
    ["", undefined],
    ["G", undefined],
    ["4iB", undefined],
    ["-4G", undefined],
    ["4 G B", undefined],
    ["1e3", undefined],
    ["9999999T", undefined],
  ];
  for (const [text, bytes] of cases) assert.equal(parseBytes(text), bytes, text);
});

Deno.test("formatBytes() rounds within half of its last digit", () => {
  assert.equal(formatBytes(0), "0 B");
  assert.equal(formatBytes(1023), "1023 B");
  assert.equal(formatBytes(1536), "1.50 KiB");
  assert.equal(formatBytes(5.4e9), "5.03 GiB");
  fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 46 }), (bytes) => {
    const read = parseBytes(formatBytes(bytes))!;
    assert.ok(Math.abs(read - bytes) <= 0.006 * bytes, formatBytes(bytes));
  }));
});

Deno.test("formatDuration() uses the units people expect", () => {
  const cases: [number, string][] = [
    [0, "0 ms"],
    [0.85, "850 ms"],
    [0.9996, "1.0 s"],
    [12.34, "12.3 s"],
    [59.99, "1 min 00 s"],
    [185, "3 min 05 s"],
    [7800, "2 h 10 min"],
    [93_600, "1 d 2 h"],
    [Infinity, "unknown"],
    [NaN, "unknown"],
    [-1, "unknown"],
  ];
  for (const [seconds, text] of cases) assert.equal(formatDuration(seconds), text);
});

Deno.test("formatCount() and formatNumber() group and keep significant digits", () => {
  assert.equal(formatCount(1_234_567), "1,234,567");
  const cases: [number, string][] = [
    [0, "0"],
    [50_257, "50,257"],
    [0.81732, "0.8173"],
    [12.3456, "12.35"],
    [1234.5678, "1,235"],
    [0.00001234, "1.234e-5"],
    [-2.5, "-2.500"],
    [1.5e12, "1.500e+12"],
    [NaN, "NaN"],
    [-Infinity, "-Infinity"],
  ];
  for (const [value, text] of cases) assert.equal(formatNumber(value), text);
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { elementCount, type HostArray } from "../../array.ts";
import { write } from "../../device/ops.ts";
import { normal } from "../../../tests/random.ts";
import { f32, runGraph } from "../../../tests/run_graph.ts";
import { parseConfig } from "../config/read_config.ts";
import { findHook, hookShape } from "./hooks.ts";
import { type HookWrite, prepareWrite } from "./writes.ts";

const config = parseConfig({ "model_type": "gpt2", "n_layer": 1, "n_head": 2, "n_embd": 6 }, "");
const SITES = ["hook_resid_pre", "ln1.hook_scale", "attn.hook_q", "attn.hook_pattern"] as const;
const BATCH = { start: 0, rows: 2, total: 2, positions: 3 };

const hookOf = (site: string) => `blocks.0.${site}`;
const prepare = (write: HookWrite, batch = BATCH) => prepareWrite(config, write, batch);

/** The masks of one write, as the places where both are 1: `[row, column]`. */
function places(write: HookWrite): [number, number][] {
  const [{ rows, columns }] = prepare(write) as [ReturnType<typeof prepare>[0]];
  return [...rows.data.entries()].flatMap(([r, row]) =>
    [...columns.data.entries()].flatMap(([c, column]): [number, number][] =>
      row && column ? [[r, c]] : []
    )
  );
}

Deno.test("prepareWrite() chooses rows and columns by the axes of the hook", () => {
  const zero = (site: string, at: Partial<HookWrite>) =>
    places({ hook: hookOf(site), kind: "zero", ...at });
  // [B, T, D]: positions are rows, features columns.
  assert.deepEqual(zero("hook_resid_pre", { positions: [-1], features: [0, 5] }), [
    [2, 0],
    [2, 5],
    [5, 0],
    [5, 5],
  ]);
  // [B, T, H, K = 3]: heads and features are columns.
  assert.deepEqual(zero("attn.hook_q", { positions: [0], heads: [1], features: [-1] }), [
    [0, 5],
    [3, 5],
  ]);
  // [B, H, T, S]: heads are rows, query positions columns, features are keys.
  assert.deepEqual(zero("attn.hook_pattern", { positions: [1], heads: [0], features: [2, 0] }), [
    [0, 3],
    [0, 5],
    [2, 3],
    [2, 5],
  ]);
  // [B, T, 1].
  assert.deepEqual(zero("ln1.hook_scale", { positions: [2], features: [0] }), [[2, 0], [5, 0]]);
  assert.equal(zero("hook_resid_pre", {}).length, 2 * 3 * 6);
  assert.deepEqual(zero("hook_resid_pre", { positions: [] }), []);
});

Deno.test("prepareWrite() turns each kind into operations of the device", () => {
  const hook = hookOf("hook_resid_pre");
  const kinds = (write: Omit<HookWrite, "hook">) =>
    prepare({ hook, ...write }).map(({ kind, value }) => [kind, ...value.data]);
  assert.deepEqual(kinds({ kind: "zero" }), [["replace", 0]]);
  assert.deepEqual(kinds({ kind: "replace", value: 2 }), [["replace", 2]]);
  assert.deepEqual(kinds({ kind: "mean", value: 2 }), [["replace", 2]]);
  assert.deepEqual(kinds({ kind: "add", value: 2 }), [["add", 2]]);
  assert.deepEqual(kinds({ kind: "scale", value: -1 }), [["scale", -1]]);
  assert.deepEqual(kinds({ kind: "clamp", range: [-1, 2] }), [["atLeast", -1], ["atMost", 2]]);
  assert.deepEqual(kinds({ kind: "clamp", range: [0, Infinity] }), [["atLeast", 0]]);
  assert.deepEqual(kinds({ kind: "clamp", range: [-Infinity, 0] }), [["atMost", 0]]);
  assert.deepEqual(kinds({ kind: "clamp", range: [-Infinity, Infinity] }), []);
});

Deno.test("prepareWrite() refuses what the hook does not have, saying what it has", () => {
  const refused: [Omit<HookWrite, "hook">, string, RegExp][] = [
    [{ kind: "zero", heads: [0] }, "hook_resid_pre", /heads on axes B T D, expected an axis H$/],
    [{ kind: "zero", positions: [3] }, "hook_resid_pre", /index 3, expected .* from -3 to 2$/],
    [{ kind: "zero", positions: [-4] }, "hook_resid_pre", /index -4, expected/],
    [{ kind: "zero", positions: [0.5] }, "hook_resid_pre", /index 0.5, expected an integer/],
    [{ kind: "zero", features: [NaN] }, "hook_resid_pre", /index NaN, expected an integer/],
    [{ kind: "zero", heads: [2] }, "attn.hook_pattern", /index 2, expected .* from -2 to 1$/],
    [{ kind: "zero", features: [6] }, "hook_resid_pre", /index 6, expected .* from -6 to 5$/],
    [{ kind: "clamp" }, "hook_resid_pre", /range \[NaN, NaN\], expected range \[lowest, highest\]/],
    [{ kind: "clamp", range: [1, 0] }, "hook_resid_pre", /range \[1, 0\]/],
    [{ kind: "clamp", range: [NaN, 0] }, "hook_resid_pre", /range \[NaN, 0\]/],
    ...(["replace", "add", "mean", "scale"] as const).map(
      (kind): [Omit<HookWrite, "hook">, string, RegExp] => [
        { kind },
        "attn.hook_q",
        /no value, expected a number, \[2, 3\] or \[2, 3, 2, 3\]$/,
      ],
    ),
    [{ kind: "add", value: f32([3], 1, 2, 3) }, "attn.hook_q", /a value of shape \[3\], expected/],
    [{ kind: "add", value: normal([1, 3, 6], 1) }, "hook_resid_pre", /shape \[1, 3, 6\]/],
  ];
  for (const [rest, site, message] of refused) {
    const hook = hookOf(site);
    assert.throws(() => prepare({ hook, ...rest }), (error: Error & { code?: string }) => {
      assert.equal(error.code, "E-WRITE");
      assert.ok(error.message.startsWith(`Cannot ${rest.kind} at hook "${hook}": `), error.message);
      assert.match(error.message, message);
      return true;
    });
  }
  assert.throws(() => prepare({ hook: "blocks.0.hook_rseid_pre", kind: "zero" }), {
    code: "E-HOOK",
  });
});

/** The same change, elementwise over multi-indices of the whole run: obvious, independent. */
function naive(x: HostArray<Float32Array>, change: HookWrite, start: number): number[] {
  const { axes } = findHook(config, change.hook);
  return [...x.data].map((old, flat) => {
    const at: number[] = [];
    for (let rest = flat, axis = axes.length - 1; axis >= 0; axis--) {
      at.unshift(rest % x.shape[axis]!);
      rest = Math.floor(rest / x.shape[axis]!);
    }
    const isChosen = (axis: number, asked?: readonly number[]) =>
      !asked || asked.some((index) => (index < 0 ? x.shape[axis]! + index : index) === at[axis]);
    const chosen = isChosen(axes.indexOf("T"), change.positions) &&
      isChosen(axes.indexOf("H"), change.heads) && isChosen(axes.length - 1, change.features);
    if (!chosen) return old;
    const { value } = change;
    const given = typeof value !== "object"
      ? Math.fround(value ?? 0)
      : value.shape.length === axes.length
      ? value.data[flat + start * elementCount(x.shape.slice(1))]!
      : value.data[flat % value.data.length]!;
    switch (change.kind) {
      case "add":
        return old + given;
      case "scale":
        return old * given;
      case "clamp":
        return Math.min(
          Math.max(old, Math.fround(change.range![0])),
          Math.fround(change.range![1]),
        );
      default:
        return given;
    }
  });
}

Deno.test("writes of every kind, place, value and batch do what an elementwise model does", async () => {
  const index = (extent: number) =>
    fc.option(fc.array(fc.integer({ min: -extent, max: extent - 1 })), { nil: undefined });
  const scenario = fc.record({
    site: fc.constantFrom(...SITES),
    kind: fc.constantFrom("replace", "add", "zero", "mean", "scale", "clamp"),
    form: fc.constantFrom("number", "trailing", "whole"),
    start: fc.integer({ min: 0, max: 2 }),
    positions: index(3),
    heads: index(2),
    features: fc.nat({ max: 5 }),
    range: fc.tuple(
      fc.double({ min: -1, max: 0, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ site, kind, form, start, features, range, ...at }) => {
      const hook = findHook(config, hookOf(site));
      const shape = hookShape(hook, config, [2, 3]);
      const whole = [4, ...shape.slice(1)];
      const value = form === "number" ? 0.3 : normal(form === "whole" ? whole : shape.slice(2), 5);
      const change: HookWrite = {
        hook: hook.name,
        kind: kind as HookWrite["kind"],
        ...(kind !== "zero" && { value }),
        range,
        ...(at.positions && { positions: at.positions }),
        ...(at.heads && hook.axes.includes("H") && { heads: at.heads }),
        features: [features % shape.at(-1)!],
      };
      const x = normal(shape, 6);
      let seen: HostArray<Float32Array> = x;
      for (const step of prepare(change, { start, rows: 2, total: 4, positions: 3 })) {
        const { rows, columns, value: given } = step;
        const y = await runGraph(
          { x: seen, rows, columns, given },
          (g, v) =>
            write(g, v.x!, step.kind, { rows: v.rows!, columns: v.columns!, value: v.given! }),
        );
        seen = { data: Float32Array.from(y), shape };
      }
      const expected = Float32Array.from(naive(x, change, start));
      assert.deepEqual(seen.data, expected);
    }),
  );
});

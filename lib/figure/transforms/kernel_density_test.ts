import assert from "node:assert/strict";
import { kernelDensity, type KernelDensityOptions } from "./kernel_density.ts";
import { X } from "./testing.ts";

const AT = [-2, -0.5, 0, 1.25];

function areaOf(values: readonly number[], [low, high]: [number, number], more = {}): number {
  const step = (high - low) / 4000;
  const at = Array.from({ length: 4000 }, (_, i) => low + (i + 0.5) * step);
  return kernelDensity(values, at, more).density.reduce((sum, y) => sum + y, 0) * step;
}

Deno.test("kernelDensity() is SciPy's gaussian_kde with each way to say the bandwidth", () => {
  // scipy 1.17.1: bw_method None, 0.5, and Scott's factor times 0.5
  const theirs: [KernelDensityOptions, number[]][] = [
    [{}, [0.09454593607926857, 0.35673308792266095, 0.3979020012385921, 0.13554614208836632]],
    [{ factor: 0.5 }, [
      ...[0.09763999885508022, 0.34577146383081414, 0.38396469842976205, 0.1466527028828222],
    ]],
    [{ adjust: 0.5 }, [
      ...[0.08648144127575665, 0.40128779826490746, 0.41380241035184795, 0.10259420254340529],
    ]],
  ];
  for (const [options, density] of theirs) {
    const ours = kernelDensity(X, AT, options).density;
    density.forEach((y, i) => assert.ok(Math.abs(ours[i]! - y) < 1e-14, `${ours[i]} for ${y}`));
  }
  assert.ok(Math.abs(kernelDensity(X, AT).bandwidth - 0.3727290364984604) < 1e-14);
});

Deno.test("kernelDensity() has area 1, inside its bounds where there are any", () => {
  assert.ok(Math.abs(areaOf(X, [-8, 8]) - 1) < 1e-9);
  const shares = X.map((x) => Math.min(1, Math.abs(x) / 2));
  assert.ok(areaOf(shares, [0, 1]) < 0.97, "kernels reach over the ends");
  assert.ok(Math.abs(areaOf(shares, [0, 1], { bounds: [0, 1] }) - 1) < 1e-6);
  assert.equal(kernelDensity(shares, [-0.1, 1.1], { bounds: [0, 1] }).density.join(), "0,0");
});

Deno.test("kernelDensity() leaves out what is not finite, and is 0 where nothing varies", () => {
  assert.deepEqual(
    kernelDensity([...X, NaN, Infinity], AT),
    { ...kernelDensity(X, AT), leftOut: 2 },
  );
  assert.equal(kernelDensity([...X, 9], AT, { bounds: [-4, 4] }).leftOut, 1);
  for (const values of [[], [1], [2, 2, 2]]) {
    const { density, bandwidth } = kernelDensity(values, AT);
    assert.deepEqual([...density, bandwidth], [0, 0, 0, 0, 0]);
  }
  assert.throws(() => kernelDensity(X, AT, { factor: 0 }), RangeError);
  assert.throws(() => kernelDensity(X, AT, { bounds: [1, 0] }), RangeError);
});

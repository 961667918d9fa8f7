import assert from "node:assert/strict";
import { geluOf } from "../../device/reference/gelu.ts";
import { changed, type ChangeKind, outputMove, takesValue } from "./change.ts";

Deno.test("changed() is what each kind says, of activations on either side of the value", () => {
  const expected: Record<ChangeKind, [number, number]> = {
    "zero_ablation": [0, 0],
    "threshold_ablation": [-3, 2],
    "relu_ablation": [0, 5],
    "fixed_activation": [2, 2],
    "multiply_activation": [-6, 10],
  };
  for (const [kind, values] of Object.entries(expected) as [ChangeKind, [number, number]][]) {
    assert.deepEqual([-3, 5].map((a) => changed(a, { kind, value: 2 })), values, kind);
  }
});

Deno.test("outputMove() goes through the GELU where the change is before it", () => {
  const change = { kind: "fixed_activation", value: 2 } as const;
  assert.equal(outputMove(0.5, change, { location: "mlp.hook_post", gelu: "tanh" }), 1.5);
  for (const gelu of ["tanh", "erf"] as const) {
    const move = outputMove(0.5, change, { location: "mlp.hook_pre", gelu });
    assert.equal(move, geluOf(2, gelu) - geluOf(0.5, gelu));
  }
});

Deno.test("takesValue() is false for ablations that need none", () => {
  assert.deepEqual(
    ["zero_ablation", "relu_ablation", "fixed_activation"].map((kind) =>
      takesValue(kind as ChangeKind)
    ),
    [false, false, true],
  );
});

import assert from "node:assert/strict";
import { deviation } from "../../../tests/compare.ts";
import { OP_CASES, type OpCase } from "../../../tests/op_cases.ts";
import { OP_TOLERANCES } from "../../../tests/tolerances.ts";
import type { Device, Tensors } from "../device.ts";
import { openReference } from "../reference/mod.ts";
import { openWebGpu, probeWebGpu, type WebGpuOptions } from "./mod.ts";

/** A quiet NaN no kernel makes by itself. */
const POISON = 0x7fd0dead;

const probe = await probeWebGpu();
const absent = !probe.found;

async function runCase(device: Device, { build, inputs }: OpCase) {
  const tensors: Tensors = Object.fromEntries(
    Object.entries(inputs).map(([name, array]) => [name, device.upload(array, name)]),
  );
  const results = await device.run(build(), tensors);
  const arrays = await device.read(Object.values(results));
  for (const tensor of [...Object.values(tensors), ...Object.values(results)]) {
    tensor[Symbol.dispose]();
  }
  return new Map(Object.keys(results).map((name, i) => [name, arrays[i]!]));
}

const VARIANTS: [string, WebGpuOptions][] = [
  ["poisoned buffers", { poison: POISON }],
  ["tables split at 32 KiB, slices of 16 KiB", { maxBindingBytes: 32_768, sliceBytes: 16_384 }],
];

for (const [name, options] of VARIANTS) {
  Deno.test({
    name: `run() agrees with the reference and writes every cell with ${name}`,
    ignore: absent, // no adapter of any kind on this machine
    fn: async (t) => {
      await using reference = openReference();
      await using device = await openWebGpu({ allowSoftware: true, ...options });
      for (const opCase of OP_CASES) {
        const split = options.maxBindingBytes !== undefined;
        if (split && !["gather", "logits", "unembedStats"].includes(opCase.op)) continue;
        // A base is no table: it must fit one binding.
        const baseBytes = 4 * (opCase.inputs.base?.data.length ?? 0);
        if (baseBytes > device.maxTensorBytes) continue;
        const small = opCase.build().nodes.every((node) =>
          node.outputs.every(({ shape }) =>
            shape.reduce((a, b) => a * b, 4) <= device.maxTensorBytes
          )
        );
        if (!small) continue;
        await t.step(opCase.name, async () => {
          const expected = await runCase(reference, opCase);
          const actual = await runCase(device, opCase);
          for (const [output, array] of expected) {
            const found = actual.get(output)!;
            const bits = new Uint32Array(found.data.buffer);
            assert.equal(bits.indexOf(POISON), -1, `${output} holds poison`);
            const { worst, detail } = deviation(found, array);
            const { limit } = OP_TOLERANCES[opCase.op];
            assert.ok(worst <= limit, `${output}: ${worst} over ${limit}: ${detail}`);
          }
        });
      }
    },
  });
}

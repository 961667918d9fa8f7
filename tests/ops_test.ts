import assert from "node:assert/strict";
import type { Device, Tensors } from "../lib/device/device.ts";
import { openReference } from "../lib/device/reference/mod.ts";
import { deviation } from "./compare.ts";
import { TEST_DEVICES } from "./devices.ts";
import { OP_CASES, type OpCase } from "./op_cases.ts";
import { OP_TOLERANCES } from "./tolerances.ts";

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

for (const { name, absent, open } of TEST_DEVICES) {
  Deno.test({
    name: `every operation on ${name} agrees with the float64 reference`,
    ignore: absent,
    fn: async (t) => {
      await using reference = openReference();
      await using device = await open();
      for (const opCase of OP_CASES) {
        await t.step(opCase.name, async () => {
          const expected = await runCase(reference, opCase);
          const actual = await runCase(device, opCase);
          assert.deepEqual([...actual.keys()].sort(), [...expected.keys()].sort());
          for (const [output, array] of expected) {
            const { worst, detail } = deviation(actual.get(output)!, array);
            const { limit } = OP_TOLERANCES[opCase.op];
            assert.ok(worst <= limit, `${output}: ${worst} over ${limit}: ${detail}`);
          }
        });
      }
    },
  });
}

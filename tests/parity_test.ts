import assert from "node:assert/strict";
import { TEST_DEVICES } from "./devices.ts";
import { parityFixtures } from "./parity_fixtures.ts";
import { checkpointParity, miniParity, type ParityRow } from "./parity_measure.ts";

function assertWithin(rows: readonly ParityRow[]): void {
  assert.ok(rows.length > 0);
  for (const { kind, worst, limit, detail } of rows) {
    assert.ok(worst <= limit, `${kind}: ${worst} over ${limit}: ${detail}`);
  }
}

const fixtures = await parityFixtures();

for (const { name, absent, open } of TEST_DEVICES) {
  Deno.test({
    name: `every stored activation of every fixture is met on ${name}`,
    ignore: absent,
    fn: async (t) => {
      await using device = await open();
      for (const fixture of fixtures) {
        await t.step(fixture.name, async () => {
          assertWithin(await checkpointParity(device, fixture));
        });
      }
      await t.step("gpt2-mini", async () => assertWithin(await miniParity(device)));
    },
  });
}

/**
 * Prints how far each device is from PyTorch's stored float64 outputs: `deno task parity`.
 *
 * @module
 */
import { terminalTable } from "../lib/cli/terminal_table.ts";
import { writeStdout } from "../lib/cli/stdout.ts";
import { TEST_DEVICES } from "./devices.ts";
import { parityFixtures } from "./parity_fixtures.ts";
import { checkpointParity, miniParity } from "./parity_measure.ts";

const table: (string | number)[][] = [];
for (const { name, absent, open } of TEST_DEVICES) {
  if (absent) {
    table.push([name, "no adapter here", "", "", "", ""]);
    continue;
  }
  await using device = await open();
  for (const fixture of await parityFixtures()) {
    const rows = await checkpointParity(device, fixture);
    for (const { kind, arrays, worst, limit } of rows) {
      table.push([name, fixture.name, kind, arrays, worst.toExponential(1), limit]);
    }
  }
  for (const { fixture, kind, arrays, worst, limit } of await miniParity(device)) {
    table.push([name, fixture, kind, arrays, worst.toExponential(1), limit]);
  }
}
await writeStdout(
  terminalTable(["device", "fixture", "kind", "arrays", "largest deviation", "limit"], table),
);

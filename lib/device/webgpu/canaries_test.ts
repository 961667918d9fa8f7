import assert from "node:assert/strict";
import { runCanaries } from "./canaries.ts";
import { probeWebGpu } from "./mod.ts";

Deno.test({
  name: "runCanaries() reports every canary with what it saw",
  ignore: !(await probeWebGpu()).found, // no adapter of any kind on this machine
  fn: async () => {
    const results = await runCanaries({ allowSoftware: true });
    assert.equal(new Set(results.map(({ name }) => name)).size, 9);
    for (const { name, ok, detail, reference } of results) {
      assert.ok(detail !== "" && reference !== "", name);
      // Our kernels rely on these four; the others are worked around.
      const needed = /cell is written|NaN|division|fence/.test(name);
      assert.ok(ok || !needed, `${name}: ${detail}`);
    }
  },
});

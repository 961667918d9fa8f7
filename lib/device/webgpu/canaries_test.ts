import assert from "node:assert/strict";
import { runCanaries } from "./canaries.ts";
import { probeWebGpu } from "./mod.ts";

Deno.test({
  name: "runCanaries() reports every canary with what it saw",
  ignore: !(await probeWebGpu()).found, // no adapter of any kind on this machine
  fn: async () => {
    const results = await runCanaries({ allowSoftware: true });
    assert.equal(new Set(results.map(({ name }) => name)).size, 9);
    for (const { name, needed, ok, detail, reference } of results) {
      assert.ok(detail !== "" && reference !== "", name);
      assert.ok(ok || !needed, `${name}: ${detail}`);
    }
  },
});

import assert from "node:assert/strict";
import { callable } from "./call_script.ts";
import { people, warn, warningCount } from "./log.ts";
import { defineOptions } from "./options.ts";

const meta = { id: "example", title: "Example", question: "What is n?" };
const options = defineOptions({ n: { type: "integer", default: 1, description: "n." } });

Deno.test("callable() gives a script its options, where they came from, and its argv", async () => {
  const script = callable({
    meta,
    options,
    main: ({ options: { n }, sources, argv, recorded }) => ({
      data: { n, sources, argv, recorded },
    }),
  });
  const { data } = await script.call(["--n", "3"], new AbortController());
  assert.deepEqual(data, {
    n: 3,
    sources: { n: "flag" },
    argv: ["--n", "3"],
    recorded: { n: { value: 3, source: "flag" } },
  });
  await assert.rejects(script.call(["--m", "3"], new AbortController()), { code: "E-USAGE" });
});

Deno.test("callable() keeps notes away and counts each script's own warnings", async () => {
  const line = people.line;
  const lines: string[] = [];
  people.line = (text) => void lines.push(text);
  const { quiet } = people;
  try {
    people.quiet = false;
    const script = callable({
      meta,
      options,
      main() {
        people.note("unheard");
        warn("heard");
        return { data: { warnings: warningCount() } };
      },
    });
    for (let i = 0; i < 2; i++) {
      const { data } = await script.call([], new AbortController());
      assert.equal(data?.warnings, 1);
    }
    assert.equal(people.quiet, false);
  } finally {
    people.line = line;
    people.quiet = quiet;
    people.forgetWarnings();
  }
  assert.deepEqual(lines.map((text) => /heard$/.test(text)), [true, true]);
});

Deno.test("callable() hands on the signal only when the script asks for it", async () => {
  let isRead = false;
  const signals = {
    get signal() {
      isRead = true;
      return AbortSignal.abort(new Error("stop"));
    },
  };
  await callable({ meta, options, main: () => {} }).call([], signals);
  assert.equal(isRead, false);
  const asks = callable({ meta, options, main: ({ signal }) => signal.throwIfAborted() });
  await assert.rejects(asks.call([], signals), /stop/);
});

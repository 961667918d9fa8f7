import assert from "node:assert/strict";
import { resolve } from "node:path";
import fc from "fast-check";
import { NeuriteError } from "../errors.ts";
import { commonOptions } from "./common_options.ts";
import { affectsResult, defineOptions, flagOf } from "./options.ts";
import { parseOptions, type Positionals } from "./parse.ts";

const SPEC = defineOptions({
  model: { type: "path", required: true, description: "Model." },
  prompts: { type: "integer", default: 490, min: 1, max: 1000, description: "Prompts." },
  threshold: { type: "number", default: 0.5, description: "Threshold." },
  title: { type: "string", description: "Title." },
  shard: { type: "string", pattern: /^\d+\/\d+$/, placeholder: "i/n", description: "Shard." },
  dryRun: { type: "boolean", description: "Plan." },
  color: { type: "boolean", default: true, description: "Colour." },
  gelu: { type: "choice", choices: ["tanh", "erf"], default: "tanh", description: "GELU." },
  memory: { type: "bytes", description: "Memory." },
  layers: { type: "list", of: "integer", description: "Layers." },
  read: { type: "list", choices: ["a", "b"], default: ["a"], description: "Hooks." },
});

function refusal(argv: string[], positionals?: Positionals): NeuriteError {
  try {
    parseOptions(SPEC, argv, positionals ? { positionals } : {});
  } catch (error) {
    assert.ok(error instanceof NeuriteError, String(error));
    assert.equal(error.exitCode, 2);
    assert.match(error.message, /^Cannot read (option|argument) ".+": .+, expected .+$/);
    return error;
  }
  throw new Error(`accepted ${argv.join(" ")}`);
}

Deno.test("parseOptions() gives defaults, types and sources", () => {
  const { values, sources, positionals } = parseOptions(SPEC, ["--model", "m"]);
  assert.deepEqual({ ...values }, {
    model: resolve("m"),
    prompts: 490,
    threshold: 0.5,
    title: undefined,
    shard: undefined,
    dryRun: false,
    color: true,
    gelu: "tanh",
    memory: undefined,
    layers: [],
    read: ["a"],
  });
  assert.equal(sources.model, "flag");
  assert.equal(sources.prompts, "default");
  assert.deepEqual(positionals, []);
  const typed: { model: string; gelu: "tanh" | "erf"; title: string | undefined } = values;
  assert.ok(typed);
});

Deno.test("parseOptions() takes --flag value and --flag=value, and the last of several", () => {
  const argv = ["--model=a", "--model", "b", "--prompts=7", "--threshold", "-3e-1", "--no-color"];
  const { values } = parseOptions(SPEC, [...argv, "--memory", "4G", "--dry-run", "--shard=2/8"]);
  assert.equal(values.model, resolve("b"));
  assert.equal(values.prompts, 7);
  assert.equal(values.threshold, -0.3);
  assert.equal(values.color, false);
  assert.equal(values.memory, 4 * 1024 ** 3);
  assert.equal(values.dryRun, true);
  assert.equal(values.shard, "2/8");
});

Deno.test("parseOptions() adds up lists and drops their default", () => {
  const argv = ["--model", "m", "--layers", "0,1", "--layers=5", "--read", "b"];
  const { values } = parseOptions(SPEC, argv);
  assert.deepEqual(values.layers, [0, 1, 5]);
  assert.deepEqual(values.read, ["b"]);
});

Deno.test("parseOptions() skips the first lone -- wherever it stands", () => {
  const { values } = parseOptions(SPEC, ["--model", "a", "--", "--prompts", "3"]);
  assert.equal(values.prompts, 3);
});

Deno.test("parseOptions() names the nearest flag to an unknown one", () => {
  assert.match(refusal(["--modle", "x"]).message, /"--modle".*--model, the nearest/);
  assert.match(refusal(["--dryrun"]).message, /--dry-run/);
  assert.match(refusal(["-x"]).message, /"-x"/);
  assert.match(refusal(["--hepl"]).message, /--help/);
  assert.match(refusal(["--no-gelu"]).message, /"--no-gelu"/);
  assert.match(refusal(["--__proto__=1"]).message, /__proto__/);
});

Deno.test("parseOptions() refuses missing, malformed and out-of-range values", () => {
  const bad = [
    [],
    ["--model"],
    ["--model", "--dry-run"],
    ["--model="],
    ["--model", "a\0b"],
    ...[
      ["--prompts", "1.5"],
      ["--prompts", "0"],
      ["--prompts", "1001"],
      ["--prompts="],
      ["--prompts", "0x10"],
      ["--threshold", "NaN"],
      ["--threshold", "Infinity"],
      ["--threshold", "1e999"],
      ["--gelu", "tanhh"],
      ["--memory", "four"],
      ["--memory", "0"],
      ["--layers", "1,,2"],
      ["--layers", "1,x"],
      ["--read", "c"],
      ["--dry-run=maybe"],
      ["--shard", "2"],
      ["stray"],
    ].map((words) => ["--model", "m", ...words]),
  ];
  for (const argv of bad) refusal(argv);
});

Deno.test("parseOptions() counts positionals", () => {
  const files = { name: "FILE", description: "A file.", min: 1, max: 2 };
  const argv = ["--model", "m"];
  assert.deepEqual(
    parseOptions(SPEC, ["a", ...argv, "b"], { positionals: files }).positionals,
    ["a", "b"],
  );
  refusal(argv, files);
  refusal([...argv, "a", "b", "c"], files);
});

Deno.test("parseOptions() reads the environment between flag and default", () => {
  const spec = defineOptions({
    depth: { type: "integer", default: 1, env: "NEURITE_TEST_DEPTH", description: "Depth." },
  });
  Deno.env.set("NEURITE_TEST_DEPTH", "5");
  try {
    const found = parseOptions(spec, []);
    assert.deepEqual([found.values.depth, found.sources.depth], [5, "environment"]);
    assert.equal(parseOptions(spec, ["--depth", "2"]).values.depth, 2);
    Deno.env.set("NEURITE_TEST_DEPTH", "x");
    assert.throws(() => parseOptions(spec, []), /NEURITE_TEST_DEPTH/);
  } finally {
    Deno.env.delete("NEURITE_TEST_DEPTH");
  }
});

Deno.test("parseOptions() reads back what is written for any values", () => {
  const text = fc.string().filter((value) => !value.startsWith("-") && value !== "");
  fc.assert(fc.property(
    fc.record({
      prompts: fc.integer({ min: 1, max: 1000 }),
      threshold: fc.double({ noNaN: true, noDefaultInfinity: true }),
      title: text,
      gelu: fc.constantFrom("tanh", "erf"),
      layers: fc.array(fc.maxSafeInteger(), { minLength: 1 }),
      dryRun: fc.boolean(),
    }),
    fc.boolean(),
    (wanted, inline) => {
      const argv = ["--model", "m"];
      for (const [key, value] of Object.entries(wanted)) {
        const flag = `--${flagOf(key, SPEC[key as keyof typeof SPEC])}`;
        if (inline) argv.push(`${flag}=${value}`);
        else if (typeof value === "boolean") argv.push(...(value ? [flag] : []));
        else argv.push(flag, String(value));
      }
      const { values } = parseOptions(SPEC, argv);
      for (const [key, value] of Object.entries(wanted)) {
        const found = values[key as keyof typeof values];
        // String() of minus zero has no sign.
        assert.deepEqual(
          found,
          value === 0 ? 0 : Array.isArray(value) ? value.map((v) => v + 0) : value,
        );
      }
    },
  ));
});

Deno.test("parseOptions() either succeeds or raises E-USAGE, whatever the words", () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom("--", "-", "--model", "--layers=", "--no-color", "--=", "-m", "--no-"),
  );
  fc.assert(fc.property(fc.array(word), (argv) => {
    try {
      parseOptions(SPEC, argv);
    } catch (error) {
      assert.ok(error instanceof NeuriteError && error.code === "E-USAGE", String(error));
    }
  }));
});

Deno.test("flagOf() is kebab case, and every common flag is distinct", () => {
  const option = { type: "boolean", description: "" } as const;
  assert.equal(flagOf("dryRun", option), "dry-run");
  assert.equal(flagOf("model1", option), "model-1");
  assert.equal(flagOf("shardIndex", option), "shard-index");
  assert.equal(flagOf("x", { ...option, flag: "some-flag" }), "some-flag");
  const flags = Object.entries(commonOptions("out")).map(([key, spec]) => flagOf(key, spec));
  assert.deepEqual(
    flags.toSorted(),
    "check device dry-run force json memory out quiet seed threads witness".split(" "),
  );
});

Deno.test("affectsResult() leaves paths and the manner of running out of the identity", () => {
  const keys = Object.entries(commonOptions("out")).filter(([, spec]) => affectsResult(spec));
  assert.deepEqual(keys.map(([key]) => key), ["device", "seed"]);
});

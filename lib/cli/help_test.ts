import assert from "node:assert/strict";
import { commonOptions } from "./common_options.ts";
import { helpText, wrap } from "./help.ts";
import { defineOptions, flagOf } from "./options.ts";

const META = {
  id: "greater_than/demo",
  task: "demo",
  paper: "Hanna et al. 2023",
  figure: "figure 2",
  title: "Year probabilities",
  question: "How much more probable are later years?",
  minutes: "1 min on a laptop",
  outputs: ["arrays.safetensors: probs"],
  permissions: ["--allow-read", "--allow-write=cache/results"],
  positionals: { name: "FILE", description: "Prompts.", max: 1 },
  example: "deno task demo -- --seed 1",
};

const OPTIONS = defineOptions({
  ...commonOptions("cache/results/demo"),
  prompts: {
    type: "integer",
    default: 100,
    unit: "prompts",
    paper: 490,
    env: "NEURITE_PROMPTS",
    short: "n",
    description: "How many.",
  },
  color: { type: "boolean", default: true, description: "Colour." },
  model: { type: "path", required: true, description: "Model." },
});

Deno.test("helpText() states every option, with default, unit and the paper's value", () => {
  const text = helpText(META, OPTIONS);
  for (const [key, option] of Object.entries(OPTIONS)) {
    assert.ok(text.includes(`${flagOf(key, option)}`), key);
  }
  assert.match(text, /-n, --prompts <integer> +How many\. \[default 100 prompts; paper 490;/);
  assert.match(text, /--\[no-\]color +Colour\. \[default on\]/);
  assert.match(text, /--model <path> +Model\. \[required\]/);
});

Deno.test("helpText() states question, source, usage, files, permissions, codes, example", () => {
  const text = helpText(META, OPTIONS);
  assert.match(text, /^Year probabilities \(Hanna et al\. 2023, figure 2\)\n/);
  for (
    const part of [
      META.question,
      "Usage: deno task demo -- [options] [FILE]",
      "Takes: 1 min on a laptop",
      META.outputs[0]!,
      META.permissions[1]!,
      "Exit codes:",
      "75 ",
      META.example,
    ]
  ) assert.ok(text.includes(part), part);
});

Deno.test("helpText() stays within 100 columns", () => {
  for (const line of helpText(META, OPTIONS).split("\n")) assert.ok(line.length <= 100, line);
});

Deno.test("wrap() loses no word", () => {
  const text = "a bb ccc dddd eeeee ffffff";
  for (let width = 1; width < 30; width++) {
    assert.equal(wrap(text, width).join(" "), text);
    for (const line of wrap(text, width)) assert.ok(line.length <= width || !line.includes(" "));
  }
  assert.deepEqual(wrap("", 10), []);
});

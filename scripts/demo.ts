#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * The whole chain on an embedded model: prompts, forward pass, measures, figures, report.
 *
 * Paper:    Hanna, Liu, Variengien 2023, section 2, on tiny-gpt2-a; no GPU, no network.
 * Command:  deno task demo
 * Time:     seconds on 2 cores.
 * Expected: prob diff about 0.67 (sd 0.27): it does greater-than, with a blunt cutoff.
 */
import { defineOptions } from "../lib/cli/options.ts";
import { runScript } from "../lib/cli/script.ts";
import {
  main,
  meta as discovery,
  options as discoveryOptions,
} from "./greater_than/circuit_discovery.ts";

export const meta = {
  ...discovery,
  id: "demo",
  task: "demo",
  title: "Demo: greater-than in a small model",
  minutes: "seconds on 2 cores, without GPU or network",
  example: "deno task demo",
};

export const options = defineOptions({
  ...discoveryOptions,
  model: { ...discoveryOptions.model, default: "tiny-gpt2-a" },
  circuit: { ...discoveryOptions.circuit, default: "none" as string },
  out: { ...discoveryOptions.out, default: "cache/results/demo" },
});

if (import.meta.main) await runScript(meta, options, main);

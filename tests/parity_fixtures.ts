/**
 * The stored float64 outputs of PyTorch that every device is held to: where each fixture is, and
 * which of our names each of its arrays answers to.
 *
 * @module
 */
import type { HostArray } from "../lib/array.ts";
import { readSafetensors } from "../lib/store/format/safetensors.ts";
import { PARITY_TOLERANCES, type Tolerance } from "./tolerances.ts";

/** A model with its expected outputs. */
export interface ParityFixture {
  name: string;
  /** Model directory. */
  directory: string;
  /** Safetensors with `input_ids` and the expected arrays. */
  reference: string;
}

const checkpoint = (name: string): ParityFixture => ({
  name,
  directory: `tests/fixtures/checkpoints/${name}`,
  reference: `tests/fixtures/checkpoints/${name}/reference.safetensors`,
});

/** A checkpoint found in the wild; it may not be copied here, so it is tested where it is present. */
const FOUND: ParityFixture = {
  name: "found-capp-gpt",
  directory: "../shared/published/found-capp-gpt",
  reference: "../shared/published/found-capp-gpt/reference.safetensors",
};

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** The fixtures on this machine. */
export async function parityFixtures(): Promise<ParityFixture[]> {
  return [
    checkpoint("gpt2-hub-style"),
    checkpoint("gpt2-crfm-style"),
    checkpoint("pythia-style"),
    checkpoint("neox-sequential-style"),
    ...(await isThere(FOUND.reference) ? [FOUND] : []),
  ];
}

/** One expected array: our name for it, how far it may be off, and on which scale. */
export interface Expected {
  name: string;
  kind: keyof typeof PARITY_TOLERANCES;
  tolerance: Tolerance;
  array: HostArray;
}

const HOOK_OF: [RegExp, (layer: string) => string, keyof typeof PARITY_TOLERANCES][] = [
  [/^mlp_post\.(\d+)$/, (layer) => `blocks.${layer}.mlp.hook_post`, "hook"],
  [/^attn_pattern\.(\d+)$/, (layer) => `blocks.${layer}.attn.hook_pattern`, "hook"],
  [/^resid_pre\.(\d+)$/, (layer) => `blocks.${layer}.hook_resid_pre`, "residual"],
  [/^(logits)$/, (name) => name, "logits"],
  [/^(loss_per_token)$/, (name) => name, "loss"],
];

/** Tokens and expected arrays of a fixture; an array without a name of ours is an error. */
export async function loadExpected(fixture: ParityFixture) {
  const { input_ids: tokens, ...arrays } = await readSafetensors(fixture.reference);
  const expected = Object.entries(arrays).map(([stored, array]): Expected => {
    for (const [pattern, name, kind] of HOOK_OF) {
      const match = pattern.exec(stored);
      if (match) return { name: name(match[1]!), kind, tolerance: PARITY_TOLERANCES[kind], array };
    }
    throw new RangeError(`Cannot map "${stored}": no name of ours, expected one in HOOK_OF`);
  });
  return { tokens: tokens as HostArray<Int32Array>, expected };
}

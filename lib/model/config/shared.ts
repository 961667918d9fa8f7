/**
 * What the configurations of both architectures share.
 *
 * @module
 */
import type { GeluForm } from "../../device/graph.ts";
import type { ConfigFields } from "./fields.ts";

/** Bounds well above GPT-2 XL and Pythia 12B, so that no product of sizes overflows. */
export const LIMITS = {
  layers: { most: 512 },
  heads: { most: 1024 },
  width: { most: 1 << 16 },
  hidden: { most: 1 << 18 },
  tokens: { most: 1 << 22 },
  positions: { most: 1 << 20 },
} as const;

/** Names in transformers' `ACT2FN` that are one of the two forms of GELU. */
const GELU_FORMS: ReadonlyMap<unknown, GeluForm> = new Map([
  ["gelu_new", "tanh"],
  ["gelu_pytorch_tanh", "tanh"],
  ["gelu_fast", "tanh"],
  ["gelu", "erf"],
  ["gelu_python", "erf"],
]);

/** The form of GELU a field names. */
export function geluForm(fields: ConfigFields, key: string, missing: string): GeluForm {
  const name = fields.get(key) ?? missing;
  const form = GELU_FORMS.get(name);
  if (!form) throw fields.refuse(key, name, `one of ${[...GELU_FORMS.keys()].join(", ")}`);
  return form;
}

/** K = D / H, which must be whole. */
export function wholeHeads(
  fields: ConfigFields,
  key: string,
  { dModel, nHead }: { dModel: number; nHead: number },
): number {
  if (dModel % nHead === 0) return dModel / nHead;
  throw fields.refuse(key, dModel, `a multiple of the ${nHead} heads`);
}

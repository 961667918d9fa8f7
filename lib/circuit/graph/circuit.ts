/**
 * A circuit: the edges that carry a behaviour, where they come from, and how much each carries.
 *
 * @module
 */
import { type Json, stableJson } from "../../store/format/json.ts";
import { type Edge, edgeName, PatchPlan } from "./patch_plan.ts";
import { upperEdges } from "./routes.ts";

/** An edge with what it carries. */
export type WeightedEdge = Edge & {
  /** Mean change of the probability difference when this edge alone takes its patch-run value. */
  readonly weight?: number | undefined;
  /** Sample standard deviation of that change over prompts. */
  readonly weightSd?: number | undefined;
  /** 95 % bootstrap interval of the mean. */
  readonly weightInterval?: readonly [number, number] | undefined;
};

/** The model and prompts that something was measured on, under the names of circuit.json. */
export type WeighedOn = Readonly<{
  /** The model's name in results. */
  model: string;
  /** How many. */
  prompts: number;
  seed?: number | undefined;
  /** `drawn` with the seed, or `own prompts` with the sha256 of their file. */
  "prompt_source"?: string | undefined;
}>;

/** A circuit. */
export interface Circuit {
  /** For people: `paper`, `auto` or a file's own name. */
  readonly name: string;
  readonly edges: readonly WeightedEdge[];
  /** Who found it, how, on what. */
  readonly provenance: Readonly<Record<string, Json>>;
  /** What the weights were measured on, where that was before this run measured its own. */
  readonly weighed?: Readonly<Record<string, Json | undefined>> | undefined;
  /** What this run measures on. */
  readonly runOn?: WeighedOn | undefined;
}

/** The version of a circuit file's form. */
export const CIRCUIT_SCHEMA = "neurite.circuit/1";

/**
 * A circuit as a JSON file holds it; `readCircuit` takes back all but the spread of the weights. So an
 * edge with a spread was measured in this run, and `weighed` says on what.
 */
export function circuitJson({ name, edges, provenance, weighed, runOn }: Circuit): Json {
  const isMeasuredHere = edges.some(({ weightSd }) => weightSd !== undefined);
  const isWeighed = edges.some(({ weight }) => weight !== undefined);
  return {
    schema: CIRCUIT_SCHEMA,
    name,
    provenance: { ...provenance },
    weighed: isMeasuredHere ? runOn : isWeighed ? weighed : undefined,
    edges: edges.map((edge) => ({
      edge: edgeName(edge),
      weight: edge.weight,
      "weight_sd": edge.weightSd,
      "weight_ci": edge.weightInterval,
    })),
  };
}

/** The text of a circuit file. */
export function circuitText(circuit: Circuit): string {
  return stableJson(circuitJson(circuit), { indent: true });
}

/** The plans a circuit is tested by: `ms` its upper part, `lms` all of it. */
export function circuitPlans({ edges }: Circuit): { ms: PatchPlan; lms: PatchPlan } {
  return { ms: new PatchPlan(upperEdges(edges)), lms: new PatchPlan(edges) };
}

/**
 * A circuit: the edges that carry a behaviour, where they come from, and how much each carries.
 *
 * @module
 */
import type { Json } from "../../store/format/json.ts";
import { type Edge, edgeName, PatchPlan } from "./patch_plan.ts";
import { upperEdges } from "./routes.ts";

/** An edge with what it carries. */
export type WeightedEdge = Edge & {
  /** Mean change of the probability difference when this edge alone takes its patch-run value. */
  readonly weight?: number | undefined;
};

/** A circuit. */
export interface Circuit {
  /** For people: `paper`, `auto` or a file's own name. */
  readonly name: string;
  readonly edges: readonly WeightedEdge[];
  /** Who found it, how, on what. */
  readonly provenance: Readonly<Record<string, Json>>;
}

/** The version of a circuit file's form. */
export const CIRCUIT_SCHEMA = "neurite.circuit/1";

/** A circuit as a JSON file holds it; `readCircuit` takes it back. */
export function circuitJson({ name, edges, provenance }: Circuit): Json {
  return {
    schema: CIRCUIT_SCHEMA,
    name,
    provenance: { ...provenance },
    edges: edges.map((edge) => ({
      edge: edgeName(edge),
      ...(edge.weight !== undefined && { weight: edge.weight }),
    })),
  };
}

/** The plans a circuit is tested by: `ms` its upper part, `lms` all of it. */
export function circuitPlans({ edges }: Circuit): { ms: PatchPlan; lms: PatchPlan } {
  return { ms: new PatchPlan(upperEdges(edges)), lms: new PatchPlan(edges) };
}

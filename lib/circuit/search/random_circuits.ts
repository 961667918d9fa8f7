/**
 * Circuits of another circuit's size and form with other heads, to see whether its own heads matter
 * (spec/greater_than section 3.11).
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { RandomStream } from "../../random.ts";
import { type CircuitNode, nodeName, type Place } from "../graph/nodes.ts";
import { upperRoutes } from "../paper/paper_circuit.ts";
import type { Edge } from "../graph/patch_plan.ts";
import { circuitRoles, type HeadNode, upperEdges } from "../graph/routes.ts";

/** How a list of heads at END becomes the edges of a circuit's upper part. */
export type CircuitForm = (heads: readonly HeadNode[]) => Edge[];

/** How heads are drawn. */
export interface HeadDrawOptions {
  /** Lists of heads at most. */
  readonly draws: number;
  /** @default {0} */
  readonly seed?: number | undefined;
  /** From any layer, instead of as many from each layer as the circuit has there. @default {false} */
  readonly anywhere?: boolean | undefined;
}

/** Lists of heads, each as long as the circuit's. */
export interface HeadDraws {
  readonly lists: readonly (readonly HeadNode[])[];
  /** How many different lists there are. */
  readonly possible: number;
  /** Whether `lists` is all of them, once each, and so no sample. */
  readonly isComplete: boolean;
}

/** Heads to choose from, and how many of them. */
interface Pool {
  readonly what: string;
  readonly free: readonly HeadNode[];
  readonly wanted: number;
}

function poolsOf(
  { nLayer, nHead }: Pick<ModelConfig, "nLayer" | "nHead">,
  heads: readonly HeadNode[],
  anywhere: boolean,
): Pool[] {
  const taken = new Set(heads.map(nodeName));
  const freeIn = (layer: number) =>
    Array.from({ length: nHead }, (_, head): HeadNode => ({ kind: "head", layer, head }))
      .filter((head) => !taken.has(nodeName(head)));
  if (anywhere) {
    const free = Array.from({ length: nLayer }, (_, layer) => freeIn(layer)).flat();
    return [{ what: "any layer", free, wanted: heads.length }];
  }
  return [...Map.groupBy(heads, ({ layer }) => layer)]
    .map(([layer, { length }]) => ({
      what: `layer ${layer}`,
      free: freeIn(layer),
      wanted: length,
    }));
}

function checkPool({ what, free, wanted }: Pool): void {
  if (free.length >= wanted) return;
  throw cannot("E-CIRCUIT", {
    do: "draw heads from",
    thing: what,
    is: `${free.length} outside the circuit`,
    expected: `at least ${wanted}, as many as the circuit has there`,
    hint: "use --anywhere, or a smaller circuit (--threshold, --circuit FILE)",
  });
}

function binomial(n: number, k: number): number {
  let count = 1;
  for (let i = 1; i <= k; i++) count = count * (n - k + i) / i;
  return Math.round(count);
}

function* choices<T>(items: readonly T[], count: number): Generator<T[]> {
  if (count === 0) yield [];
  else {
    for (let at = 0; at <= items.length - count; at++) {
      for (const rest of choices(items.slice(at + 1), count - 1)) yield [items[at]!, ...rest];
    }
  }
}

function* everyList([pool, ...others]: readonly Pool[]): Generator<HeadNode[]> {
  if (!pool) yield [];
  else {
    for (const some of choices(pool.free, pool.wanted)) {
      for (const rest of everyList(others)) yield [...some, ...rest];
    }
  }
}

/** Some of a pool without replacement; `start` counts the numbers that were drawn before. */
function drawFrom({ free, wanted }: Pool, stream: RandomStream, start: number): HeadNode[] {
  const left = [...free];
  return Array.from(
    { length: wanted },
    (_, i) => left.splice(stream.integer(start + i, left.length), 1)[0]!,
  );
}

/**
 * Draws heads that are not in a circuit, as many as it has. Where no more than `draws` different lists
 * exist, they are all given, once each.
 *
 * @throws {NeuriteError} E-CIRCUIT for no heads, and where a layer (or the model) has too few others.
 *
 * @example Usage
 * ```ts
 * import { drawHeads } from "neurite/lib/circuit/search/random_circuits.ts";
 *
 * const own = [{ kind: "head", layer: 1, head: 2 }] as const;
 * const { lists, isComplete } = drawHeads({ nLayer: 4, nHead: 4 }, own, { draws: 200 });
 * if (lists.length !== 3 || !isComplete) throw new Error("unreachable");
 * ```
 */
export function drawHeads(
  config: Pick<ModelConfig, "nLayer" | "nHead">,
  heads: readonly HeadNode[],
  { draws, seed = 0, anywhere = false }: HeadDrawOptions,
): HeadDraws {
  if (heads.length === 0) {
    throw cannot("E-CIRCUIT", {
      do: "draw heads beside those of",
      thing: "the circuit",
      is: "no heads at END",
      expected: "at least one",
      hint: "use a circuit with heads (--circuit FILE, or auto with a lower --threshold)",
    });
  }
  const pools = poolsOf(config, heads, anywhere);
  pools.forEach(checkPool);
  const possible = pools
    .reduce((count, { free, wanted }) => count * binomial(free.length, wanted), 1);
  if (possible <= draws) return { lists: [...everyList(pools)], possible, isComplete: true };
  const stream = new RandomStream(seed, "random-circuits");
  const lists = Array.from({ length: draws }, (_, draw) => {
    let start = draw * heads.length;
    return pools.flatMap((pool) => {
      const drawn = drawFrom(pool, stream, start);
      start += pool.wanted;
      return drawn;
    });
  });
  return { lists, possible, isComplete: false };
}

/** Every route of the heads: to the logits, to the given MLPs of their layer and later, along every chain. */
export function everyRoute(mlps: readonly number[]): CircuitForm {
  return (heads) =>
    upperRoutes({ mlps, heads: heads.map(({ layer, head }) => [layer, head] as const) });
}

/**
 * A circuit's own upper edges with its heads at END replaced by others of the same layers.
 *
 * @throws {RangeError} (from the form) for heads of other layers.
 */
export function sameEdges(edges: readonly Edge[]): CircuitForm {
  const upper = upperEdges(edges);
  const own = circuitRoles(upper).heads.toSorted((a, b) => a.layer - b.layer);
  return (heads) => {
    const others = heads.toSorted((a, b) => a.layer - b.layer);
    const layers = (list: readonly HeadNode[]) => list.map(({ layer }) => layer).join();
    if (layers(others) !== layers(own)) {
      throw new RangeError(
        `Cannot replace "heads": in layers ${layers(others)}, expected ${layers(own)}`,
      );
    }
    const names = new Map(own.map((head, i) => [nodeName(head), others[i]!]));
    const replaced = (place: Place): Place => {
      const node: CircuitNode | undefined = names.get(nodeName(place.node));
      return node ? { ...place, node } : place;
    };
    return upper.map((edge): Edge => ({
      ...edge,
      from: edge.from === "whole" ? "whole" : replaced(edge.from),
    }));
  };
}

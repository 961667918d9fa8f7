/**
 * Random patch plans for property tests, written by name and by the paths they stand for. The rules of
 * which edges there are stand here a second time, apart from lib/circuit.
 *
 * @module
 */
import fc from "fast-check";
import type { OraclePath, OracleStep } from "./tree_oracle.ts";

/** An edge by the names of its ends: `m3@YY`, `a5.h5@END`, `v`. */
export interface NamedEdge {
  from: string;
  to: string;
  channel: "" | "q" | "k" | "v";
}

/** Sizes of a model. */
export interface Sizes {
  layers: number;
  heads: number;
}

/** Where the two positions stand on the T axis. */
export interface Indices {
  YY: number;
  END: number;
}

const TOP = "logits@END";

/** `m3@YY->a5.h5@END<v>`. */
export function nameOf({ from, to, channel }: NamedEdge): string {
  return `${from}->${to}${channel && `<${channel}>`}`;
}

/** Nodes in order of computation, those that cannot feed one another side by side. */
function ranks({ layers, heads }: Sizes): string[][] {
  return [
    ["input"],
    ...Array.from({ length: layers }, (_, l) => [
      Array.from({ length: heads }, (_, h) => `a${l}.h${h}`),
      [`m${l}`],
    ]).flat(),
    ["logits"],
  ];
}

/** Every edge into a place. */
export function edgesInto(to: string, sizes: Sizes): NamedEdge[] {
  const [node, position] = to.split("@") as [string, string];
  const order = ranks(sizes);
  const senders = order.slice(0, order.findIndex((rank) => rank.includes(node))).flat();
  const at = (where: string, channel: NamedEdge["channel"]) =>
    senders.map((sender): NamedEdge => ({ from: `${sender}@${where}`, to, channel }));
  if (!node.startsWith("a")) return at(position, "");
  const read = position === "END" ? ["YY", "END"] : ["YY"];
  return [
    { from: "whole", to, channel: "q" },
    ...at(position, "q"),
    ...read.flatMap((where) => [...at(where, "k"), ...at(where, "v")]),
  ];
}

/** Every place that can receive. */
function receivers(sizes: Sizes): string[] {
  const nodes = ranks(sizes).slice(1, -1).flat();
  return [TOP, ...nodes.flatMap((node) => [`${node}@YY`, `${node}@END`])];
}

/** Whether an edge can join others: each once, and no query edges beside a whole query. */
function fits(edge: NamedEdge, edges: readonly NamedEdge[]): boolean {
  return edges.every((other) =>
    nameOf(other) !== nameOf(edge) &&
    (edge.channel !== "q" || other.channel !== "q" || edge.to !== other.to ||
      (edge.from !== "whole" && other.from !== "whole"))
  );
}

/**
 * Random plans grown downwards from the logits, so that most edges matter, and a few edges from
 * anywhere, of which most lead nowhere. Every other edge comes from a place that sends already, which
 * is what makes routes many.
 */
export function edgePlans(sizes: Sizes, most = 24): fc.Arbitrary<NamedEdge[]> {
  // Choices below 100 shrink in a few steps, and each step is a whole evaluation.
  const step = fc.record({ receiver: fc.nat(99), sender: fc.nat(99), isKnown: fc.boolean() });
  const grown = fc.array(step, { minLength: 1, maxLength: most, size: "max" });
  const anywhere = fc.array(
    fc.constantFrom(...receivers(sizes).flatMap((to) => edgesInto(to, sizes))),
    { maxLength: 3 },
  );
  return fc.tuple(grown, anywhere).map(([steps, others]) => {
    const edges: NamedEdge[] = [];
    const reached = [TOP];
    for (const { receiver, sender, isKnown } of steps) {
      const free = edgesInto(reached[receiver % reached.length]!, sizes)
        .filter((edge) => fits(edge, edges));
      const known = free.filter(({ from }) => isKnown && reached.includes(from));
      const into = known.length > 0 ? known : free;
      if (into.length === 0) continue;
      const edge = into[sender % into.length]!;
      edges.push(edge);
      const canReceive = edge.from !== "whole" && !edge.from.startsWith("input");
      if (canReceive && !reached.includes(edge.from)) reached.push(edge.from);
    }
    for (const edge of others) if (fits(edge, edges)) edges.push(edge);
    return edges;
  });
}

/** A route from the logits down, as its edges. */
export type Route = readonly NamedEdge[];

/** Every route of a plan's edges from the logits down to a leaf, or below another place. */
export function routesOfEdges(edges: readonly NamedEdge[], to = TOP): Route[] {
  return edges.filter((edge) => edge.to === to).flatMap((edge) => {
    const below = routesOfEdges(edges, edge.from);
    return below.length === 0 ? [[edge]] : below.map((route) => [edge, ...route]);
  });
}

/** A route as the oracle walks it. */
export function oraclePath(route: Route, indices: Indices): OraclePath {
  return route.map(({ from, to, channel }): OracleStep => {
    const [node, position = to.split("@")[1]!] = from.split("@") as [string, string?];
    return {
      node: node === "input" ? "e" : node,
      at: indices[position as keyof Indices],
      into: channel || undefined,
    };
  });
}

/** A route as lib/circuit writes paths: from its leaf up. */
export function routeName(route: Route): string {
  return [
    route.at(-1)!.from,
    ...route.toReversed().map(({ to, channel }) => to + (channel && `<${channel}>`)),
  ].join("->");
}

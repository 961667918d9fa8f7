/**
 * Nodes of a circuit at positions, under the names of EAP-IG: `input`, `a7.h10`, `m9`, `logits`, each
 * with `@END` or `@YY` where a position matters.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../../model/config/config.ts";

/** The positions a node may stand at, in the order of the prompt. */
export const POSITIONS = ["YY", "END"] as const;

/** A place in the prompt: the last position, or the start year's two digits. */
export type Position = typeof POSITIONS[number];

/** Where the positions stand on the T axis. */
export type PositionIndex = Readonly<Record<Position, number>>;

/** A node of the residual-stream graph. */
export type CircuitNode =
  | { readonly kind: "input" }
  | { readonly kind: "head"; readonly layer: number; readonly head: number }
  | { readonly kind: "mlp"; readonly layer: number }
  | { readonly kind: "logits" };

/** A node at a position. */
export interface Place {
  readonly node: CircuitNode;
  readonly position: Position;
}

/** Where every plan ends: the residual that the final layer norm reads at the last position. */
export const LOGITS_PLACE: Place = { node: { kind: "logits" }, position: "END" };

/** `a7.h10`, `m9`, `input`, `logits`. */
export function nodeName(node: CircuitNode): string {
  switch (node.kind) {
    case "head":
      return `a${node.layer}.h${node.head}`;
    case "mlp":
      return `m${node.layer}`;
    default:
      return node.kind;
  }
}

/** `a7.h10@END`. */
export function placeName({ node, position }: Place): string {
  return `${nodeName(node)}@${position}`;
}

/**
 * Reads a node's name.
 *
 * @throws {NeuriteError} E-CIRCUIT for a name of another form or a node the model does not have.
 */
export function parseNode(
  name: string,
  config: Pick<ModelConfig, "nLayer" | "nHead">,
): CircuitNode {
  const complain = (is: string) =>
    cannot("E-CIRCUIT", {
      do: "use node",
      thing: name,
      is,
      expected: `input, logits, a0.h0 to a${config.nLayer - 1}.h${config.nHead - 1}, ` +
        `or m0 to m${config.nLayer - 1}`,
      hint: "see docs/circuits.md for the names of nodes and edges",
    });
  if (name === "input" || name === "logits") return { kind: name };
  const match = /^a(\d{1,4})\.h(\d{1,4})$|^m(\d{1,4})$/.exec(name);
  if (!match) throw complain("not a node's name");
  const layer = Number(match[1] ?? match[3]);
  if (layer >= config.nLayer) throw complain(`a layer beyond the model's ${config.nLayer}`);
  if (match[3] !== undefined) return { kind: "mlp", layer };
  const head = Number(match[2]);
  if (head >= config.nHead) throw complain(`a head beyond the model's ${config.nHead}`);
  return { kind: "head", layer, head };
}

/**
 * Reads a node's name with its position, `m9@END`.
 *
 * @throws {NeuriteError} E-CIRCUIT for a missing or unknown position, otherwise as
 * {@linkcode parseNode}.
 */
export function parsePlace(name: string, config: Pick<ModelConfig, "nLayer" | "nHead">): Place {
  const at = name.indexOf("@");
  const node = parseNode(at < 0 ? name : name.slice(0, at), config);
  const position = POSITIONS.find((known) => known === name.slice(at + 1));
  if (at >= 0 && position) return { node, position };
  throw cannot("E-CIRCUIT", {
    do: "use place",
    thing: name,
    is: at < 0 ? "a node without a position" : `a node at "${name.slice(at + 1)}"`,
    expected: `${nodeName(node)}@END or ${nodeName(node)}@YY`,
    hint: "see docs/circuits.md for the names of nodes and edges",
  });
}

/** Whether `a` stands after `b` in the prompt, so that attention at `b` cannot read it. */
export function isAfter(a: Position, b: Position): boolean {
  return POSITIONS.indexOf(a) > POSITIONS.indexOf(b);
}

/**
 * The order of computation: input, then in each layer its heads before its MLP, then logits. A node
 * can send only to nodes of a larger depth.
 */
export function depthOf(node: CircuitNode): number {
  switch (node.kind) {
    case "input":
      return -1;
    case "head":
      return 2 * node.layer;
    case "mlp":
      return 2 * node.layer + 1;
    case "logits":
      return Infinity;
  }
}

/** Every head and MLP of a model: layer by layer, heads first. */
export function allSenders(config: Pick<ModelConfig, "nLayer" | "nHead">): CircuitNode[] {
  return Array.from({ length: config.nLayer }, (_, layer): CircuitNode[] => [
    ...Array.from({ length: config.nHead }, (_, head) => ({ kind: "head" as const, layer, head })),
    { kind: "mlp", layer },
  ]).flat();
}

/**
 * What an `unembedStats` node needs of the logits, by what is asked of it.
 *
 * @module
 */
import type { Node, OpName, UnembedStat, Value } from "../graph.ts";

const WITHOUT_ALL: ReadonlySet<UnembedStat> = new Set(["targetLogit", "columnLogits"]);

function isUnembedStats(node: Node<OpName>): node is Node<"unembedStats"> {
  return node.op === "unembedStats";
}

/** Whether a node has to compute the logit of every token. */
export function needsAllLogits(node: Node<OpName>): boolean {
  return isUnembedStats(node) && node.attributes.stats.some((stat) => !WITHOUT_ALL.has(stat));
}

/**
 * The inputs of a node with a row for each token, if they may be given in pieces: not where a base has
 * a column a token, and not where ranks compare all logits of a row with one of them.
 */
export function vocabularyInputs(node: Node<OpName>): Value[] {
  if (!isUnembedStats(node) || !needsAllLogits(node)) return [];
  const { inputs: [x, weight, bias], attributes } = node;
  const { base, stats } = attributes;
  if (base || stats.includes("rank") || x === weight) return [];
  return attributes.bias ? [weight!, bias!] : [weight!];
}

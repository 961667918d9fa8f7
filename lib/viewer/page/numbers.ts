/**
 * Numbers as people read them.
 *
 * @module
 */

const MINUS = "\u2212";

/** A number in four digits, `–` where there is none. */
export function showNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "\u2013";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e6 || size < 1e-4
    ? value.toExponential(2).replace(/\.?0+e/, "e")
    : Number.isInteger(value)
    ? value.toLocaleString("en")
    : String(Number(value.toPrecision(4)));
  return text.replace(/-/g, MINUS);
}

/** A number of a table to copy: all its digits, empty where there is none. */
export function plainNumber(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? "" : String(value);
}

/** `layer.index` of a flat neuron number. */
export function neuronName(neuron: number, width: number): string {
  return `${Math.floor(neuron / width)}.${neuron % width}`;
}

/** The flat number of `layer.index`, or `undefined` where the model has no such neuron. */
export function parseNeuron(
  name: string,
  model: { readonly layers: number; readonly width: number },
): number | undefined {
  const match = /^(?:L|l)?(\d{1,6})[./](?:N|n)?(\d{1,9})$/.exec(name.trim());
  if (!match) return undefined;
  const [layer, index] = [Number(match[1]), Number(match[2])];
  return layer < model.layers && index < model.width ? layer * model.width + index : undefined;
}

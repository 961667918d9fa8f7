/**
 * What one neuron does to an attention head, token by token: Gurnee et al. 2024, notebook bos_signal.
 *
 * @module
 */
import { ALL_DIGITS } from "../label_expression.ts";
import { CATEGORIES } from "../palette.ts";
import { type Panel, SCHEMA, type TopLevelSpec, type View } from "../spec_types.ts";
import { THEME } from "../theme.ts";
import type { FigureEntry } from "../write_report.ts";

/** One neuron's measures token by token. */
export interface NeuronTokens {
  /** As the original names it: `A8H3L7N0`. */
  readonly name: string;
  readonly activation: ArrayLike<number>;
  readonly bosDiff: ArrayLike<number>;
  readonly normDiff: ArrayLike<number>;
}

/** Points drawn of a panel of tokens: a page bears six neurons of three panels. */
const MOST_POINTS = 600;

/** Pearson's r and the best line through all points. */
function fit(xs: ArrayLike<number>, ys: ArrayLike<number>) {
  const mean = (values: ArrayLike<number>) =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  const [x0, y0] = [mean(xs), mean(ys)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = [xs[i]! - x0, ys[i]! - y0];
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  const slope = xx > 0 ? xy / xx : 0;
  return {
    r: xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0,
    at: (x: number) => y0 + slope * (x - x0),
  };
}

interface ScatterAxis {
  readonly title: string;
  readonly values: ArrayLike<number>;
}

function scatterPanel(x: ScatterAxis, y: ScatterAxis): View {
  const n = x.values.length;
  const every = Math.ceil(n / MOST_POINTS);
  const points = Array.from(
    { length: Math.ceil(n / every) },
    (_, i) => ({ x: x.values[i * every]!, y: y.values[i * every]! }),
  );
  const { r, at } = fit(x.values, y.values);
  const ends = points.reduce(
    ([low, high], point) => [Math.min(low, point.x), Math.max(high, point.x)] as [number, number],
    [Infinity, -Infinity] as [number, number],
  );
  const encoding = (title: string, field: "x" | "y") => ({
    field,
    type: "quantitative" as const,
    title,
    scale: { zero: false, nice: true },
    axis: { tickCount: field === "x" ? 3 : 5, format: ALL_DIGITS },
  });
  return {
    title: {
      text: `ρ = ${r.toFixed(2).replace("-", "−")}`,
      anchor: "middle",
      frame: "group",
      fontSize: 13,
      offset: 8,
    },
    width: 210,
    height: 200,
    view: { stroke: "#8c959f" },
    encoding: { x: encoding(x.title, "x"), y: encoding(y.title, "y") },
    layer: [
      {
        data: { values: points },
        mark: { type: "point", filled: true, size: 9, opacity: 0.35, color: CATEGORIES[0]! },
      },
      {
        data: { values: ends.map((place) => ({ x: place, y: at(place) })) },
        mark: { type: "line", color: CATEGORIES[1]!, strokeWidth: 2 },
      },
    ],
  };
}

/**
 * Pearson's r of a neuron's panels: of the norm with the activation, of the norm with the attention to
 * BOS, and of that with the activation.
 */
export function tokenCorrelations(
  { activation, bosDiff, normDiff }: NeuronTokens,
): [number, number, number] {
  return [
    fit(activation, normDiff).r,
    fit(bosDiff, normDiff).r,
    fit(activation, bosDiff).r,
  ];
}

/** Three scatter plots over tokens of one neuron, with their best lines. */
export function tokenScatter(
  model: string,
  neuron: NeuronTokens,
  name = `tokens-${neuron.name.toLowerCase()}`,
): FigureEntry {
  const activation = { title: "Activation", values: neuron.activation };
  const bos = { title: "Attention to BOS, ablated − clean", values: neuron.bosDiff };
  const norm = { title: "|z|, ablated − clean", values: neuron.normDiff };
  const [r] = tokenCorrelations(neuron);
  const effect = r < 0 ? "Activates" : "Deactivates";
  const spec: TopLevelSpec = {
    $schema: SCHEMA,
    name,
    title: { text: `${model}: ${neuron.name} ${effect} its Head` },
    description:
      "Three scatter plots over tokens, with their best lines: the head's norm against the " +
      "neuron's activation, the norm against the attention to BOS, and that against the activation.",
    config: THEME,
    hconcat: [
      scatterPanel(activation, norm),
      scatterPanel(bos, norm),
      scatterPanel(activation, bos),
    ] as Panel[],
    spacing: 24,
  };
  const total = neuron.activation.length;
  const every = Math.ceil(total / MOST_POINTS);
  const drawn = every === 1 ? `All ${total} tokens` : `One in ${every} of ${total} tokens`;
  const caption =
    `${neuron.name}: what the head does without this neuron in its queries, less what ` +
    `it does with it. ${drawn}; lines and ρ are of all. A neuron whose removal raises |z| deactivates ` +
    "the head.";
  return { name, spec, caption };
}

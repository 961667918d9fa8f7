/**
 * Position neurons: Gurnee et al. 2024, section 4.3; the notebook position.
 *
 * @module
 */
import { linePanels } from "../line_panels.ts";
import type { Series } from "../line_view.ts";
import type { FigureEntry } from "../write_report.ts";

/** Mean and deviation at each position, `[T]`. */
export interface PositionBand {
  readonly mean: ArrayLike<number>;
  readonly sd: ArrayLike<number>;
}

/** One neuron. */
export interface PositionPanel {
  /** `layer.index`. */
  readonly neuron: string;
  /** Mutual information in nats. */
  readonly information: number;
  readonly pre: PositionBand;
  readonly post: PositionBand;
}

/** Marks of a figure, with room for its axes. */
const MOST_MARKS = 4500;
/** A line and a band, before and after GELU. */
const MARKS_A_POSITION = 4;

function series(name: string, { mean, sd }: PositionBand, step: number): Series {
  const x = Array.from({ length: Math.ceil(mean.length / step) }, (_, i) => i * step);
  const around = (sign: number) => x.map((p) => mean[p]! + sign * sd[p]!);
  return {
    name,
    x,
    y: x.map((p) => mean[p]!),
    band: { low: around(-1), high: around(1) },
  };
}

/** position_neurons: activations by position, a panel a neuron. */
export function positionFigures(
  { model, panels }: { readonly model: string; readonly panels: readonly PositionPanel[] },
): FigureEntry[] {
  if (panels.length === 0) return [];
  const name = "position_neurons";
  const positions = panels[0]!.pre.mean.length;
  const step = Math.ceil(panels.length * MARKS_A_POSITION * positions / MOST_MARKS);
  const caption =
    "Activations by position in the row: mean, and a band of one standard deviation " +
    "over rows, before and after GELU. MI: mutual information of position and a positive " +
    `pre-activation, in nats.${step > 1 ? ` One in ${step} positions is drawn.` : ""}`;
  const drawn = panels.map(({ neuron, information, pre, post }) => ({
    title: neuron,
    subtitle: `MI ${information.toFixed(4)}`,
    series: [series("before GELU", pre, step), series("after GELU", post, step)],
  }));
  const spec = linePanels(drawn, {
    name,
    title: `${model}: Position Neurons`,
    description: caption,
    xTitle: "Position",
    yTitle: "Activation",
    dashes: false,
    panelColumns: 4,
    size: { width: 190, height: 130 },
  });
  return [{ name, spec, caption }];
}

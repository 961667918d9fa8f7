/**
 * What the paper's figures show of entropy neurons, and how near a run must come
 * (spec/universal_neurons.md section 3.1).
 *
 * @module
 */
import { cannot, type NeuriteError } from "../../errors.ts";
import type { SummaryNumbers } from "../../store/run/summary.ts";

/** Numbers read off the figures, under the names of summary.json; 10 M tokens of the Pile. */
const PAPER: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>> =
  {
    "stanford-gpt2-small-a": {
      nominal: { loss: 3.217, entropy: 2.69, "reciprocal_rank": 0.5548 },
      "at_6": { "11.3030_entropy": 4.7, "11.3030_scale": 1.08 },
    },
    "stanford-gpt2-medium-a": {
      nominal: { loss: 2.981, entropy: 2.48, "reciprocal_rank": 0.581 },
      "at_6": { "23.945_entropy": 3.61, "23.945_scale": 0.83 },
    },
  };

/** Off a figure, and of another sample of the corpus. */
const ALLOWED = 0.05;

type Numbers = Readonly<Record<string, unknown>>;

function numberAt(numbers: Numbers, group: string, name: string): number | undefined {
  const value = (numbers[group] as Numbers | undefined)?.[name];
  return typeof value === "number" ? value : undefined;
}

/** The paper's numbers that a run has too, for its summary; undefined for a model it does not show. */
export function paperMeans(model: string, numbers: SummaryNumbers): SummaryNumbers | undefined {
  if (!Object.hasOwn(PAPER, model)) return undefined;
  const groups = Object.entries(PAPER[model]!);
  return Object.fromEntries(groups.flatMap(([group, values]) => {
    const had = Object.entries(values).filter(([name]) =>
      numberAt(numbers, group, name) !== undefined
    );
    return had.length > 0 ? [[group, Object.fromEntries(had)]] : [];
  }));
}

/** Numbers for the report, the paper's beside them where a figure shows them. */
export function reportMeans(
  model: string,
  { nominal, "at_6": atSix = {} }: {
    readonly nominal: Readonly<Record<string, number>>;
    readonly "at_6"?: Readonly<Record<string, number>>;
  },
) {
  const rows = (group: string, numbers: Readonly<Record<string, number>>, title: string) =>
    Object.entries(numbers).map(([name, value]) => {
      const paper = Object.hasOwn(PAPER, model) ? PAPER[model]![group]?.[name] : undefined;
      return {
        name: `${title}: ${name.replaceAll("_", " ")}`,
        value,
        ...(paper !== undefined && { paper }),
        verdict: "not applicable" as const,
        note: paper === undefined ? "no figure shows it" : "read off a figure; 10 M Pile tokens",
      };
    });
  return [
    ...rows("nominal", nominal, "unchanged model"),
    ...rows("at_6", atSix, "held at 6"),
  ];
}

/**
 * The failure of `--check`, or undefined when a finished run's summary agrees with the figures.
 *
 * @returns E-CHECK naming the number, or E-USAGE for a run that no figure shows.
 */
export function checkMeans(summary: Numbers): NeuriteError | undefined {
  const paper = summary["paper"] as Readonly<Record<string, Readonly<Record<string, number>>>>;
  const printed = Object.entries(paper ?? {}).flatMap(([group, values]) =>
    Object.entries(values).map(([name, value]) => ({ group, name, value }))
  );
  if (printed.length === 0) {
    return cannot("E-USAGE", {
      do: "check",
      thing: String(summary["model"]),
      is: "a model whose entropy neurons the paper does not show",
      expected: `one of ${Object.keys(PAPER).join(", ")}`,
      hint: "leave out --check",
    });
  }
  for (const { group, name, value } of printed) {
    const own = numberAt(summary, group, name)!;
    if (Math.abs(own / value - 1) <= ALLOWED) continue;
    return cannot("E-CHECK", {
      do: "confirm",
      thing: `${group} ${name}`,
      is: own.toPrecision(4),
      expected: `${value} within ${100 * ALLOWED} %`,
      hint: "compare the tokens with the paper's: 10 million of the Pile's test set",
    });
  }
  return undefined;
}

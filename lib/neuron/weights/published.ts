/**
 * Weight statistics that the original release printed, and how near a run must come
 * (spec/universal_neurons.md section 3.1).
 *
 * @module
 */
import { cannot, type NeuriteError } from "../../errors.ts";

/** Statistics of a neuron under the original's column names. */
export interface NeuronNumbers {
  readonly "w_in_norm"?: number;
  readonly "input_bias"?: number;
  readonly "w_out_norm"?: number;
  readonly "in_out_sim"?: number;
  readonly "vocab_mean"?: number;
  readonly "vocab_var"?: number;
  readonly "vocab_skew"?: number;
  readonly "vocab_kurt"?: number;
}

/** A name of {@linkcode NeuronNumbers}. */
export type NeuronNumber = keyof NeuronNumbers;

/** The array that holds each of the original's columns. */
export const COLUMN_ARRAYS: Readonly<Record<NeuronNumber, string>> = {
  "w_in_norm": "w_in_norm",
  "input_bias": "input_bias",
  "w_out_norm": "w_out_norm",
  "in_out_sim": "in_out_sim",
  "vocab_mean": "U_out_mean",
  "vocab_var": "U_out_var",
  "vocab_skew": "U_out_skew",
  "vocab_kurt": "U_out_kurt",
};

/** Neurons by `layer.index`, digits as printed. */
const PUBLISHED: Readonly<Record<string, Readonly<Record<string, NeuronNumbers>>>> = {
  "stanford-gpt2-small-a": {
    "0.7": {
      "w_in_norm": 0.57727236,
      "input_bias": -0.625467,
      "w_out_norm": 0.38461137,
      "in_out_sim": -0.04483377,
      "vocab_kurt": 3.690654,
    },
    "10.2822": {
      "w_in_norm": 0.671608,
      "input_bias": -0.01837745,
      "w_out_norm": 0.50685567,
      "in_out_sim": 0.7653921,
      "vocab_skew": -7.2244625,
      "vocab_kurt": 110.129555,
    },
    "11.3030": {
      "w_in_norm": 1.3399845,
      "input_bias": -0.0015577376,
      "w_out_norm": 2.0006566,
      "in_out_sim": -0.12974897,
      "vocab_mean": -1.6938e-4,
      "vocab_var": 9.052237e-6,
      "vocab_skew": -0.13411918,
      "vocab_kurt": 3.267792,
    },
  },
  "stanford-gpt2-medium-a": {
    "0.0": {
      "w_in_norm": 0.370499,
      "input_bias": -0.388558,
      "w_out_norm": 0.366136,
      "in_out_sim": 0.079143,
      "vocab_kurt": 2.978626,
    },
    "20.2814": {
      "w_in_norm": 0.7955928,
      "input_bias": -0.38476264,
      "w_out_norm": 0.9190436,
      "in_out_sim": -0.7161899,
      "vocab_skew": -7.87853,
      "vocab_kurt": 131.82451,
    },
    "23.945": {
      "w_in_norm": 0.835114,
      "input_bias": 0.718998,
      "w_out_norm": 1.608204,
      "in_out_sim": -0.278377,
      "vocab_kurt": 3.604302,
    },
  },
  "pythia-160m": {
    "11.2314": {
      "w_in_norm": 1.0457119,
      "input_bias": -0.06570626,
      "w_out_norm": 0.9472473,
      "in_out_sim": -0.7987835,
      "vocab_skew": -4.7051,
      "vocab_kurt": 97.695244,
    },
  },
};

/**
 * Distance allowed, absolute and relative, beside half a unit of the last digit printed: the original
 * is float32 throughout, and two of its own runs differ by up to half of these (spec section 4).
 */
const ALLOWED: Readonly<Record<NeuronNumber, readonly [absolute: number, relative: number]>> = {
  "w_in_norm": [0, 2e-6],
  "input_bias": [2e-6, 0],
  "w_out_norm": [0, 2e-6],
  "in_out_sim": [1e-6, 0],
  "vocab_mean": [4e-9, 0],
  "vocab_var": [0, 2e-6],
  "vocab_skew": [1e-5, 0],
  "vocab_kurt": [0, 6e-6],
};

/** The neurons printed for a model, or none. */
export function publishedNeurons(model: string): Readonly<Record<string, NeuronNumbers>> {
  return Object.hasOwn(PUBLISHED, model) ? PUBLISHED[model]! : {};
}

/** One printed number beside the run's. */
export interface JudgedNeuronNumber {
  readonly neuron: string;
  readonly column: NeuronNumber;
  readonly value: number;
  readonly paper: number;
  readonly allowed: number;
  readonly verdict: "pass" | "fail";
}

function halfDigit(printed: number): number {
  const [digits, exponent = "0"] = String(printed).split("e") as [string, string?];
  return 0.5 * 10 ** (Number(exponent) - (digits.split(".")[1]?.length ?? 0));
}

/** Every number printed for a model beside `values`, which has its neurons. */
export function judgeNeurons(
  model: string,
  values: Readonly<Record<string, NeuronNumbers>>,
): JudgedNeuronNumber[] {
  return Object.entries(publishedNeurons(model)).flatMap(([neuron, printed]) =>
    (Object.entries(printed) as [NeuronNumber, number][]).map(([column, paper]) => {
      const value = values[neuron]?.[column] ?? NaN;
      const [absolute, relative] = ALLOWED[column];
      const allowed = absolute + relative * Math.abs(paper) + halfDigit(paper);
      const verdict = Math.abs(value - paper) <= allowed ? "pass" : "fail";
      return { neuron, column, value, paper, allowed, verdict };
    })
  );
}

/**
 * The failure of `--check`, or undefined when the run agrees with what was printed.
 *
 * @returns E-CHECK naming the number, or E-USAGE for a model nothing was printed of.
 */
export function checkNeurons(
  model: string,
  values: Readonly<Record<string, NeuronNumbers>>,
): NeuriteError | undefined {
  const judged = judgeNeurons(model, values);
  if (judged.length === 0) {
    return cannot("E-USAGE", {
      do: "check",
      thing: model,
      is: "a model whose weight statistics were not published",
      expected: `one of ${Object.keys(PUBLISHED).join(", ")}`,
      hint: "leave out --check",
    });
  }
  const wrong = judged.find(({ verdict }) => verdict === "fail");
  return wrong && cannot("E-CHECK", {
    do: "confirm",
    thing: `neuron ${wrong.neuron} ${wrong.column}`,
    is: String(wrong.value),
    expected: `${wrong.paper} within ${wrong.allowed.toPrecision(2)}`,
    hint: "compare the model's revision in run.json with the paper's",
  });
}

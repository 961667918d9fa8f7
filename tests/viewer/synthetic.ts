/**
 * Invented models as the viewer sees them, of any size, with tokens that try to be more than text.
 *
 * @module
 */
import { RandomStream } from "../../lib/random.ts";
import {
  type ColumnInfo,
  type Composition,
  type NeuronInSubset,
  type Ranked,
  type SparseCounts,
  VIEWER_FORMAT,
  type ViewerModel,
  type ViewerNeuron,
} from "../../lib/viewer/format.ts";

/** Tokens that a page could take for markup, code, controls or a change of direction. */
export const HOSTILE: readonly string[] = [
  "</script><script>globalThis.hostile = 1</script>",
  "<img src=x onerror=globalThis.hostile=2>",
  "\u202egnihtyna\u2066",
  "nul\u0000inside",
  "\ud83e",
  "\udde0",
  "x".repeat(10_000),
  "'\"><svg onload=alert(1)>",
  "javascript:alert(1)",
  "{{constructor.constructor('alert(1)')()}}",
  "\n\t \r",
  "",
];

/** How large an invented model is. */
export interface SyntheticSize {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly vocab: number;
  readonly subsets: number;
  readonly shardNeurons: number;
  /** Tokens of each ranking. */
  readonly ranked: number;
  /** Examples of the whole corpus, and of each subset. */
  readonly examples: number;
  readonly subsetExamples: number;
  /** The first of them, whose tokens have activations. */
  readonly coloured: number;
}

/** The size that tests use. */
export const SMALL: SyntheticSize = {
  layers: 4,
  width: 32,
  heads: 4,
  vocab: 300,
  subsets: 3,
  shardNeurons: 8,
  ranked: 100,
  examples: 12,
  subsetExamples: 6,
  coloured: 9,
};

const COLUMNS: readonly ColumnInfo[] = [
  {
    name: "excess_corr",
    title: "excess corr",
    description: "Over the baseline",
    min: -0.1,
    max: 0.9,
  },
  {
    name: "feature",
    title: "feature",
    description: "What explains it",
    kind: "feature",
    min: 0,
    max: 2,
  },
  {
    name: "top_token",
    title: "top token",
    description: "Largest mean activation",
    kind: "token",
    min: 0,
    max: 0,
  },
  { name: "sparsity", title: "sparsity", description: "Share over 0", min: 0, max: 1 },
  { name: "kurt", title: "kurtosis", description: "Of activations", min: -1, max: 20 },
  { name: "w_out_norm", title: "output norm", description: "Of w_out", min: 0, max: 3 },
];

const FEATURES = ["is_year", "all_caps", "</option><b>bold_feature"];

/** An invented model; the same numbers whenever it is asked. */
export class Synthetic {
  readonly model: ViewerModel;
  readonly tokens: readonly string[];

  /** A model of a size; `change` replaces facts of it. */
  constructor(readonly size: SyntheticSize, change: Partial<ViewerModel> = {}) {
    const { layers, width, heads, vocab, subsets, shardNeurons } = size;
    this.tokens = Array.from({ length: vocab }, (_, id) => {
      if (id < HOSTILE.length) return HOSTILE[id]!;
      return `${id % 2 === 0 ? " " : ""}word${id.toString(36)}`;
    });
    this.model = {
      format: VIEWER_FORMAT,
      model: "invented-<b>model",
      layers,
      width,
      heads,
      vocab,
      subsets: Array.from({ length: subsets }, (_, place) => `subset-${place}`),
      edges: Array.from({ length: 256 }, (_, k) => -10 + (25 * k) / 255),
      columns: COLUMNS,
      features: FEATURES,
      shardNeurons,
      missing: {},
      partners: ["invented-b", "invented-c"],
      partnerPages: ["../invented-b/index.html", "javascript:alert(1)"],
      provenance: {
        command: "deno task un:viewer -- --model invented",
        commit: "0123abc",
        "weights sha256": "00ff".repeat(16),
      },
      ...change,
    };
  }

  #random(neuron: number, name: string): RandomStream {
    return new RandomStream(neuron, name);
  }

  /** A neuron's value in a column. */
  value(name: string, neuron: number): number | null {
    const draw = this.#random(neuron, name).uniform(0);
    if (name === "feature") return neuron % 5 === 0 ? null : neuron % FEATURES.length;
    if (name === "top_token") return this.neuron(neuron).pooled!.vocabMean!.ids[0]!;
    if (name === "kurt" && neuron % 7 === 3) return null;
    const column = this.model.columns.find((column) => column.name === name)!;
    return Number((column.min + draw * (column.max - column.min)).toPrecision(4));
  }

  #histogram(
    random: RandomStream,
    of: { bins: number; centre: number; wide: number },
  ): SparseCounts {
    const { bins, centre, wide } = of;
    const first = Math.max(1, Math.floor(centre - 3 * wide));
    const last = Math.min(bins - 2, Math.ceil(centre + 5 * wide));
    const counts = Array.from({ length: last - first + 1 }, (_, place) => {
      const z = (first + place - centre) / wide;
      const tail = z > 2 ? 40 * Math.exp(-(z - 2)) : 0;
      return Math.round(
        20_000 * Math.exp(-z * z / 2) * (0.85 + 0.3 * random.uniform(place)) + tail,
      );
    });
    return { first, counts };
  }

  #ranked(random: RandomStream, of: { most: number; below: number; top: number }): Ranked {
    const { most, below, top } = of;
    const ids = Array.from(
      { length: Math.min(most, below) },
      (_, rank) => random.integer(rank, below),
    );
    // Every ranking of the small model shows what a page could stumble over.
    if (below < 1000) HOSTILE.forEach((_, id) => id < ids.length && (ids[id] = id));
    return {
      ids,
      values: ids.map((_, rank) => Number((top / (1 + rank / 12)).toPrecision(4))),
    };
  }

  #part(neuron: number, name: string, shift: number): NeuronInSubset {
    const random = this.#random(neuron, name);
    const { vocab, ranked, subsetExamples } = this.size;
    const examples = name === "pooled" ? this.size.examples : subsetExamples;
    const top = 4 + 6 * random.uniform(1);
    const histogram = this.#histogram(this.#random(neuron, `${name} histogram`), {
      bins: 257,
      centre: 85 + 20 * random.uniform(2) + shift,
      wide: 12,
    });
    return {
      histogram,
      vocabMax: this.#ranked(this.#random(neuron, `${name} max`), {
        most: ranked,
        below: vocab,
        top,
      }),
      vocabMean: this.#ranked(this.#random(neuron, `${name} mean`), {
        most: ranked,
        below: vocab,
        top: top / 2,
      }),
      examples: Array.from({ length: examples }, (_, place) => {
        const draws = this.#random(neuron, `${name} example ${place}`);
        const at = place % 4 === 3 ? 5 : 20;
        const tokens = Array.from({ length: at + 5 }, (_, k) => draws.integer(k, vocab));
        if (place === 0) tokens.splice(at - 2, 5, 0, 1, 2, 3, 6);
        const value = Number((top / (1 + place / 10)).toPrecision(4));
        return {
          value,
          tokens,
          at,
          row: draws.integer(100, 5000),
          position: at,
          ...(place < this.size.coloured
            ? {
              activations: tokens.map((_, k) => {
                if (k === at) return value;
                // As where the run kept fewer tokens than are shown.
                if (place === 1 && k < 2) return null;
                return Number((value * (draws.uniform(200 + k) - 0.5)).toFixed(3));
              }),
            }
            : {}),
        };
      }),
    };
  }

  #composition(neuron: number, key: string, below: number): Composition {
    const random = this.#random(neuron, key);
    const ends = (sign: number, name: string) => {
      const { ids, values } = this.#ranked(this.#random(neuron, `${key} ${name}`), {
        most: 10,
        below,
        top: 0.2 + 0.3 * random.uniform(0),
      });
      return { ids, values: values.map((value) => sign * value) };
    };
    return {
      histogram: this.#histogram(random, {
        bins: 101,
        centre: 50,
        wide: 3 + 3 * random.uniform(1),
      }),
      top: ends(1, "top"),
      bottom: ends(-1, "bottom"),
    };
  }

  /** A neuron with every panel. */
  neuron(neuron: number): ViewerNeuron {
    const { layers, width, heads, vocab } = this.model;
    const random = this.#random(neuron, "neuron");
    return {
      pooled: this.#part(neuron, "pooled", 0),
      subsets: this.model.subsets.map((name, place) => this.#part(neuron, name, place)),
      compositions: Object.fromEntries(
        ["E_in", "U_in", "E_out", "U_out", "in_in", "in_out", "out_in", "out_out"].map((
          key,
          place,
        ) => [key, this.#composition(neuron, key, place < 4 ? vocab : layers * width)]),
      ),
      heads: Object.fromEntries(
        ["v", "o", "query_side", "key_side"].map((key, kind) => [
          key,
          Array.from(
            { length: layers * heads },
            (_, place) => Number((random.uniform(kind * 1000 + place) - 0.3).toPrecision(4)),
          ),
        ]),
      ),
      partners: this.model.partners.map((_, place) => ({
        neuron: random.integer(place, layers * width),
        corr: Number(random.uniform(5000 + place).toPrecision(4)),
      })),
    };
  }

  /** A shard's neurons, each as `shape` leaves it. */
  shard(
    place: number,
    shape: (neuron: ViewerNeuron) => ViewerNeuron = (neuron) => neuron,
  ): ViewerNeuron[] {
    const { shardNeurons, layers, width } = this.model;
    const first = place * shardNeurons;
    const count = Math.min(shardNeurons, layers * width - first);
    return Array.from({ length: count }, (_, k) => shape(this.neuron(first + k)));
  }

  /** Number of shards. */
  get shards(): number {
    return Math.ceil(this.model.layers * this.model.width / this.model.shardNeurons);
  }
}

/**
 * The folder's data as the page asks for it: each file once, shards in a bounded number.
 *
 * @module
 */
import type { ViewerModel, ViewerNeuron, ViewerShard, ViewerTokens } from "../../format.ts";
import { checkColumn, checkModel, checkShard, checkTokens } from "./check.ts";
import { loadData } from "./load.ts";

/** Shards kept unfolded: the one shown, its neighbours in order, and a few to go back to. */
const SHARDS_KEPT = 8;

/** The model's facts. */
export async function loadModel(): Promise<ViewerModel> {
  return checkModel(await loadData("model"));
}

/** Data of one folder. */
export class Store {
  readonly neurons: number;
  tokens: ViewerTokens = [];
  readonly #columns = new Map<string, Float64Array>();
  readonly #pending = new Map<string, Promise<Float64Array>>();
  readonly #shards = new Map<number, Promise<ViewerShard>>();

  /** Starts with nothing but the model's facts. */
  constructor(readonly model: ViewerModel) {
    this.neurons = model.layers * model.width;
  }

  /** Loads the vocabulary. */
  async loadTokens(): Promise<void> {
    this.tokens = checkTokens(await loadData("tokens"));
  }

  /** The text of a token; its number where the vocabulary has no such token. */
  token(id: number): string {
    return this.tokens[id] ?? `#${id}`;
  }

  /** A column that is loaded. */
  column(name: string): Float64Array | undefined {
    return this.#columns.get(name);
  }

  /** Loads columns; names the model does not have are left out. */
  async loadColumns(names: Iterable<string>): Promise<void> {
    const known = new Set(this.model.columns.map((column) => column.name));
    await Promise.all(
      [...new Set(names)].filter((name) => known.has(name)).map((name) => {
        const begun = this.#pending.get(name);
        if (begun) return begun;
        const loading = loadData(`column-${name}`).then((value) => {
          const column = checkColumn(name, value, this.neurons);
          this.#columns.set(name, column);
          return column;
        });
        this.#pending.set(name, loading);
        return loading;
      }),
    );
  }

  /** One neuron; its shard is loaded when it is not at hand. */
  async neuron(neuron: number): Promise<ViewerNeuron> {
    const { shardNeurons } = this.model;
    const shard = await this.#shard(Math.floor(neuron / shardNeurons));
    return shard[neuron % shardNeurons]!;
  }

  #shard(place: number): Promise<ViewerShard> {
    const { shardNeurons } = this.model;
    const known = this.#shards.get(place);
    this.#shards.delete(place);
    const count = Math.min(shardNeurons, this.neurons - place * shardNeurons);
    const shard = known ??
      loadData(`shard-${place}`).then((value) => checkShard(place, value, count));
    // Re-inserted, so that the first key is always the one longest unused.
    this.#shards.set(place, shard);
    shard.catch(() => this.#shards.delete(place));
    for (const old of this.#shards.keys()) {
      if (this.#shards.size <= SHARDS_KEPT) break;
      this.#shards.delete(old);
    }
    return shard;
  }
}

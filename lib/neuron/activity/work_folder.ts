/**
 * What a summary keeps on disk until it is whole: the arrays of finished parts, and the sums of the walk
 * at hand, from which a stopped or killed run goes on.
 *
 * @module
 */
import { join } from "node:path";
import { note } from "../../cli/log.ts";
import { NeuriteError } from "../../errors.ts";
import { cleanTemps, writeAtomic } from "../../store/atomic.ts";
import { openRangeFile } from "../../store/format/range_file.ts";
import { openSafetensors } from "../../store/format/safetensors.ts";
import { type StreamedArray, streamSafetensors } from "../../store/format/safetensors_stream.ts";
import { decodeState, encodeState, PLACE, type SavedPlace } from "./saved_state.ts";
import type { SummaryPlan } from "./plan.ts";
import type { SummarySetup } from "./setup.ts";
import { beginWalk, type WalkState } from "./walk.ts";

/** Read at a time when files are put together. */
const READ_BYTES = 4 << 20;

/** The folder of an unfinished summary. Everything in it belongs to one run, whose hash is `key`. */
export class WorkFolder {
  readonly #folder: string;
  readonly #key: string;

  /** @param directory the run's folder, which the run has locked. */
  constructor(directory: string, key: string) {
    this.#folder = join(directory, "unfinished");
    this.#key = key;
  }

  #partPath(pass: number, part: number | undefined): string {
    return join(this.#folder, `walk-${pass}-${part ?? "all"}.safetensors`);
  }

  get #statePath(): string {
    return join(this.#folder, "sums.safetensors");
  }

  /** Writes what a walk found of a part, or of all rows. */
  async writePart(
    pass: number,
    part: number | undefined,
    arrays: Readonly<Record<string, StreamedArray>>,
  ): Promise<void> {
    const chunks = streamSafetensors(arrays, { key: this.#key });
    await writeAtomic(this.#partPath(pass, part), chunks);
  }

  /** Arrays of a part, the rows of all walks under each other, read from disk as they are asked for. */
  async partArrays(passes: number, part: number | undefined) {
    const arrays: Record<string, StreamedArray> = {};
    for (let pass = 0; pass < passes; pass++) {
      const path = this.#partPath(pass, part);
      await using file = await openSafetensors(path);
      for (const name of file.names()) {
        const { dtype: type, shape: [rows, ...inner], position, byteLength } = file.info(name);
        const before = arrays[name];
        const shape = [(before?.shape[0] ?? 0) + rows!, ...inner];
        const chunks = async function* () {
          yield* before?.chunks() ?? [];
          yield* readChunks(path, position, byteLength);
        };
        arrays[name] = { type, shape, chunks };
      }
    }
    return arrays;
  }

  /** Saves how far a walk is, in place of what was saved before. */
  async saveState(state: WalkState): Promise<void> {
    await writeAtomic(this.#statePath, encodeState(this.#key, state));
  }

  /** Saves that the walks before `pass` are finished. */
  async savePass(pass: number): Promise<void> {
    const place = PLACE.encode({ pass, part: 0, next: 0 });
    await writeAtomic(this.#statePath, streamSafetensors({}, { ...place, key: this.#key }));
  }

  /**
   * The walk to go on with, when this run has saved one and all that comes before it; otherwise the first.
   * Another run's or a damaged one is removed, and that is said.
   *
   * @throws {NeuriteError} E-FILE-PERMISSION.
   */
  async begin(setup: SummarySetup, plan: SummaryPlan): Promise<WalkState> {
    await cleanTemps(this.#folder);
    const place = await this.#readPlace();
    if (place && place.pass <= plan.passes.length && await this.#hasParts(setup, place)) {
      if (place.pass === plan.passes.length) return nothingLeft(place);
      const state = await decodeState(this.#statePath, beginWalk(setup, plan, place.pass), {
        place,
        setup,
      });
      if (state) return state;
    }
    if (await Deno.stat(this.#folder).then(() => true, () => false)) {
      note(`begin  ${this.#folder}: of another run or damaged, computed again`);
      await this.remove();
    }
    return beginWalk(setup, plan, 0);
  }

  async #readPlace(): Promise<SavedPlace | undefined> {
    const metadata = await this.#metadata(this.#statePath);
    return metadata?.["key"] === this.#key ? PLACE.decode(metadata) : undefined;
  }

  /** Whether the parts that come before a place are there. */
  async #hasParts({ parts, isLabelled }: SummarySetup, { pass, part }: SavedPlace) {
    for (let before = 0; before <= pass; before++) {
      const named = isLabelled ? [...parts.keys()] : [];
      const done = before < pass ? [...named, undefined] : named.slice(0, part);
      for (const one of done) {
        const metadata = await this.#metadata(this.#partPath(before, one));
        if (metadata?.["key"] !== this.#key) return false;
      }
    }
    return true;
  }

  /** Undefined for a file that is not there or no safetensors file. */
  async #metadata(path: string): Promise<Readonly<Record<string, string>> | undefined> {
    try {
      await using file = await openSafetensors(path);
      return file.metadata;
    } catch (error) {
      const code = error instanceof NeuriteError ? error.code : undefined;
      if (code === "E-FILE-MISSING" || code === "E-SAFETENSORS") return undefined;
      throw error;
    }
  }

  /** Removes the folder. */
  async remove(): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true }).catch(() => {});
  }
}

function nothingLeft({ pass, part, next }: SavedPlace): WalkState {
  return { pass, part, next, current: [], pooled: [] };
}

async function* readChunks(path: string, position: number, byteLength: number) {
  await using file = await openRangeFile(path);
  for (let at = 0; at < byteLength; at += READ_BYTES) {
    const chunk = new Uint8Array(Math.min(READ_BYTES, byteLength - at));
    await file.readInto(chunk, position + at);
    yield chunk;
  }
}

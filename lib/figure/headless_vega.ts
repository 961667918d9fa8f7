/**
 * Vega without a screen, a network or a clock: what it may print, fetch, measure and draw by lot.
 *
 * @module
 */
import * as vega from "vega";
import { textWidth } from "./font/text_width.ts";

const SEED = 20230;

/** Exports of Vega that its declarations leave out. */
const untyped = vega as unknown as {
  textMetrics: { width: (item: TextItem, text: unknown) => number };
  setRandom(random: () => number): void;
  randomLCG(seed: number): () => number;
};

interface TextItem {
  fontSize?: number;
  fontWeight?: string | number;
}

/** Collects what Vega would print; anything at all fails the figure. */
export class StrictLogger {
  readonly problems: string[] = [];
  #level = vega.Warn;

  level(): number;
  level(level: number): this;
  level(level?: number): number | this {
    if (level === undefined) return this.#level;
    this.#level = level;
    return this;
  }
  error(...parts: unknown[]): this {
    this.problems.push(parts.map(String).join(" "));
    return this;
  }
  warn(...parts: unknown[]): this {
    return this.error(...parts);
  }
  info(): this {
    return this;
  }
  debug(): this {
    return this;
  }
}

/** A loader that fetches nothing: data are inline, pictures are `data:` PNGs, links are refused. */
export function closedLoader(logger: StrictLogger): vega.Loader {
  const refuse = (uri: string) => {
    logger.error(`it asks for ${JSON.stringify(uri.slice(0, 80))}`);
    return Promise.reject(new Error("closed"));
  };
  return {
    load: refuse,
    file: refuse,
    http: refuse,
    sanitize(uri: string) {
      if (uri.startsWith("data:image/png;base64,")) return Promise.resolve({ href: uri });
      logger.error(`it links to ${JSON.stringify(uri.slice(0, 80))}`);
      // Vega's href path does not survive a rejection, so the link is emptied and the log fails it.
      return Promise.resolve({ href: "" });
    },
  };
}

/**
 * Sets what Vega keeps globally: text is measured in the bundled font, random numbers start from
 * one seed. Without it Vega takes 0.8 em a character, which makes fat margins and drops labels.
 */
export function prepareGlobals(): void {
  untyped.textMetrics.width = (item, text) => {
    // 11 px is what Vega draws an item without a size in.
    const size = item.fontSize === undefined ? 11 : Number(item.fontSize) || 0;
    return textWidth(String(text ?? "").trim(), { size, weight: item.fontWeight });
  };
  untyped.setRandom(untyped.randomLCG(SEED));
}

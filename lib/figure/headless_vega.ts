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

/** What Vega and Vega-Lite log to; a part of both their interfaces. */
export interface StrictLogger extends vega.LoggerInterface {
  /** Everything that would have been printed as a warning or an error. */
  readonly problems: readonly string[];
}

/** Collects what Vega would print; anything at all fails the figure. */
export function strictLogger(): StrictLogger {
  const problems: string[] = [];
  const keep = (...parts: readonly unknown[]) => {
    problems.push(parts.map(String).join(" "));
    return logger;
  };
  const ignore = () => logger;
  // Closures, because Vega's dataflow calls these methods with itself as `this`.
  const logger = {
    problems,
    level: (level?: number) => level === undefined ? vega.Warn : logger,
    error: keep,
    warn: keep,
    info: ignore,
    debug: ignore,
  } as StrictLogger;
  return logger;
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

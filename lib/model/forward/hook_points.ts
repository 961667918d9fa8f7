/**
 * What happens at each hook point while a graph is built: writes are applied, reads are named.
 *
 * @module
 */
import type { Graph, Value, WriteKind } from "../../device/graph.ts";
import { write } from "../../device/ops.ts";

/** The shape of one write's value at a site: `[R or 1, C or 1]`. */
export interface SiteWrite {
  kind: WriteKind;
  valueShape: readonly number[];
}

/** The reads and writes of one part of the forward pass, by site. */
export interface SitePlan {
  reads: ReadonlySet<string>;
  writes: ReadonlyMap<string, readonly SiteWrite[]>;
}

/** The input names of the `index`-th write at a site. */
export function writeInputNames(site: string, index: number) {
  const stem = `write:${site}:${index}`;
  return { rows: `${stem}:rows`, columns: `${stem}:columns`, value: `${stem}:value` };
}

/** Applies a {@linkcode SitePlan} to a graph under construction. */
export class HookPoints {
  constructor(readonly graph: Graph, readonly plan: SitePlan) {}

  /** Whether a site is read or written: then its value must exist on its own. */
  touched(site: string): boolean {
    return this.plan.reads.has(site) || this.plan.writes.has(site);
  }

  /** Whether a site is written: then everything after must come from the written value. */
  written(site: string): boolean {
    return this.plan.writes.has(site);
  }

  /** Passes a value through a hook point and returns what the rest of the model sees. */
  point(site: string, value: Value): Value {
    const { graph, plan } = this;
    let seen = value;
    (plan.writes.get(site) ?? []).forEach(({ kind, valueShape }, index) => {
      const names = writeInputNames(site, index);
      const [R, C] = [
        seen.shape.slice(0, 2).reduce((a, b) => a * b, 1),
        seen.shape.slice(2).reduce((a, b) => a * b, 1),
      ];
      seen = write(graph, seen, kind, {
        rows: graph.input(names.rows, [R]),
        columns: graph.input(names.columns, [C]),
        value: graph.input(names.value, valueShape),
      });
    });
    if (plan.reads.has(site)) graph.output(site, seen);
    return seen;
  }
}

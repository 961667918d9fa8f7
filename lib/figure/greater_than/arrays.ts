/**
 * Arrays of a run, found by name.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";

/** Arrays of a run by name. */
export type Arrays = Readonly<Record<string, HostArray>>;

/** Array names that match a pattern with one number in it, largest number first. */
export function numbered(arrays: Arrays, pattern: RegExp): [name: string, number: number][] {
  return Object.keys(arrays)
    .flatMap((name): [string, number][] => {
      const match = pattern.exec(name);
      return match ? [[name, Number(match[1])]] : [];
    })
    .sort((a, b) => b[1] - a[1]);
}

/** The heads `a7.h10` that have an array `prefix` + head, in order of layer and head. */
export function headsOf(arrays: Arrays, prefix: string): string[] {
  const place = (name: string) => /^a(\d+)\.h(\d+)$/.exec(name)?.slice(1).map(Number);
  return Object.keys(arrays)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((name) => place(name) !== undefined)
    .sort((a, b) => {
      const [[la, ha], [lb, hb]] = [place(a)!, place(b)!] as [[number, number], [number, number]];
      return la - lb || ha - hb;
    });
}

/** The two heads that the paper draws; all of `heads` where one of them is not there. */
export function paperHeads(heads: readonly string[], isPaperModel: boolean): readonly string[] {
  const drawn = ["a7.h10", "a8.h11"];
  return isPaperModel && drawn.every((name) => heads.includes(name)) ? drawn : heads;
}

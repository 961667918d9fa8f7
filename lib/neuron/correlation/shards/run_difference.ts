/**
 * What makes two shards of different runs.
 *
 * @module
 */
import { stableJson } from "../../../store/format/json.ts";
import type { RunIdentity } from "../../../store/run/run_record.ts";

/** More would fill a terminal; the first ones say what was mixed up. */
const MOST_NAMED = 3;

const short = (sha256: string | undefined) => sha256?.slice(0, 12) ?? "absent";

/**
 * How a run differs from another in what its results depend on, as a phrase:
 * `"draws 3, not 2; tokens of sha256 0f3a…, not 77be…"`.
 */
export function runDifference(run: RunIdentity, other: RunIdentity): string {
  const said: string[] = [];
  const compare = (name: string, is: unknown, was: unknown) => {
    if (is !== was) said.push(`${name} ${is}, not ${was}`);
  };
  compare("script", run.script, other.script);
  compare("version", run.version, other.version);
  const options = new Set([...Object.keys(run.options), ...Object.keys(other.options)]);
  for (const key of [...options].sort()) {
    const [is, was] = [run, other].map(({ options }) => options[key]).map((value) =>
      value === undefined ? "absent" : stableJson(value)
    );
    compare(key, is, was);
  }
  const files = [run, other].map(({ inputs }) =>
    new Map(inputs.map(({ name, sha256 }) => [name, sha256]))
  );
  for (const name of new Set(files.flatMap((found) => [...found.keys()]))) {
    const [is, was] = files.map((found) => short(found.get(name)));
    compare(`${name} of sha256`, is, was);
  }
  const more = said.length - MOST_NAMED;
  return said.slice(0, MOST_NAMED).join("; ") + (more > 0 ? `; and ${more} more` : "");
}

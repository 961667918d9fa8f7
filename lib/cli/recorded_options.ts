/**
 * Options as a run's record and identity keep them.
 *
 * @module
 */
import { affectsResult, type OptionSpecs, type OptionValues } from "./options.ts";
import type { OptionSource } from "./parse.ts";
import type { OptionValue } from "./values.ts";

/** A value and where it came from; null stands for an optional one that was not given. */
export interface RecordedValue {
  readonly value: OptionValue | null;
  readonly source: OptionSource;
}

/** Every option's value, and whether it is a default. */
export function recordedOptions<S extends OptionSpecs>(
  values: OptionValues<S>,
  sources: Readonly<Record<keyof S, OptionSource>>,
): Record<string, RecordedValue> {
  const entries = Object.entries(values as Record<string, OptionValue | undefined>);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, { value: value ?? null, source: sources[key]! }]),
  );
}

/** The values that can change a result (`affects` of each option), without those not given. */
export function resultOptions<S extends OptionSpecs>(
  options: S,
  values: OptionValues<S>,
): Record<string, OptionValue> {
  const entries = Object.entries(values as Record<string, OptionValue | undefined>);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, OptionValue] =>
      entry[1] !== undefined && affectsResult(options[entry[0]]!)
    ),
  );
}

/**
 * The options of scripts that only draw: no model, no device, no seed.
 *
 * @module
 */
import { type CommonOptions, commonOptions } from "./common_options.ts";

/** What {@linkcode plotOptions} gives. */
export type PlotOptions = Pick<CommonOptions, "out" | "force" | "dryRun" | "json" | "quiet">;

/**
 * The common options that drawing needs, to be spread among a script's own.
 *
 * @param folder where figures go when `--out` is not given, relative to the current folder.
 */
export function plotOptions(folder: string): PlotOptions {
  const { out, force, dryRun, json, quiet } = commonOptions(folder);
  return { out, force, dryRun, json, quiet };
}

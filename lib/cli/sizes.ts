/**
 * Bytes, durations and counts as people write and read them.
 *
 * @module
 */

/**
 * Reads a size: `"4G"`, `"512MiB"`, `"1.5 GB"`, `"100000"`. `K M G T` and `KiB ..` are powers of
 * 1024, `KB MB GB TB` powers of 1000.
 *
 * @returns whole bytes, or undefined when the text is no size.
 *
 * @example Usage
 * ```ts
 * import { parseBytes } from "neurite/lib/cli/sizes.ts";
 *
 * if (parseBytes("4G") !== 4 * 1024 ** 3) throw new Error("unreachable");
 * if (parseBytes("four") !== undefined) throw new Error("unreachable");
 * ```
 */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([KMGT]?)(|B|iB)$/i.exec(text.trim());
  if (!match) return undefined;
  const power = "KMGT".indexOf(match[2]!.toUpperCase() || "none") + 1;
  const suffix = match[3]!.toLowerCase();
  if (power === 0 && suffix === "ib") return undefined;
  const scale = (suffix === "b" ? 1000 : 1024) ** power;
  const bytes = Math.round(Number(match[1]) * scale);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Bytes with a unit of 1024: `"1.50 GiB"`, `"512 B"`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  for (const unit of ["B", "KiB", "MiB", "GiB"]) {
    if (Math.abs(value) < 1024) {
      return unit === "B" ? `${value} B` : `${threeDigits(value)} ${unit}`;
    }
    value /= 1024;
  }
  return `${threeDigits(value)} TiB`;
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

/** A duration: `"850 ms"`, `"12.3 s"`, `"3 min 05 s"`, `"2 h 10 min"`, `"1 d 2 h"`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "unknown";
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (part: number) => String(part).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  if (whole < 86_400) {
    return `${Math.floor(whole / 3600)} h ${two(Math.floor(whole % 3600 / 60))} min`;
  }
  return `${Math.floor(whole / 86_400)} d ${Math.floor(whole % 86_400 / 3600)} h`;
}

/** A whole number with groups of three: `"1,234,567"`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** A number to some significant digits, in plain notation between 1e-4 and 1e9. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return formatCount(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(digits - 1);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return value.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

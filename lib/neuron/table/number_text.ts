/**
 * Numbers as NumPy and pandas write them into CSV files.
 *
 * @module
 */

/**
 * Digits to try. Every decimal of fewer is found by the first, because a type's rounding is finer than
 * that; the last tell all values apart.
 */
const DIGITS = { float16: [3, 5], float32: [6, 9] } as const;

const ROUND = { float16: Math.f16round, float32: Math.fround } as const;

/**
 * A number to some digits; halves go to the even digit as in NumPy, where `toPrecision` goes up:
 * 0.65625 is 0.6562.
 */
function toDigits(value: number, digits: number): number {
  // Cheap, and true of every half.
  if (Number(value.toPrecision(digits + 1)) !== value) return Number(value.toPrecision(digits));
  const [mantissa, exponent] = value.toExponential(60).split("e") as [string, string];
  const kept = mantissa.startsWith("-") ? digits + 1 : digits;
  const all = mantissa.replace(".", "");
  const isHalf = /^50*$/.test(all.slice(kept));
  if (!isHalf || Number(all[kept - 1]) % 2 === 1) return Number(value.toPrecision(digits));
  return Number(`${all.slice(0, kept)}e${Number(exponent) - digits + 1}`);
}

/** The shortest decimal that is `value` again when it is rounded to the type. */
function shortest(value: number, type: keyof typeof DIGITS): number {
  const [least, most] = DIGITS[type];
  const rounded = ROUND[type](value);
  // toPrecision loses the sign of zero.
  if (rounded === 0) return rounded;
  for (let digits: number = least; digits < most; digits++) {
    const decimal = toDigits(rounded, digits);
    if (ROUND[type](decimal) === rounded) return decimal;
  }
  return toDigits(rounded, most);
}

/** The decimal that NumPy prints for a value as float16: 0.7803, 0.12305. */
export function float16Decimal(value: number): number {
  return Number.isFinite(value) ? shortest(value, "float16") : value;
}

/** The decimal that NumPy prints for a value as float32: 0.38197115. */
export function float32Decimal(value: number): number {
  return Number.isFinite(value) ? shortest(value, "float32") : value;
}

/**
 * A float64 in Python's form: `0.5`, `1.0`, `9.1998336e-05`, `inf`; nothing for NaN, as pandas does.
 */
export function pythonText(value: number): string {
  if (Number.isNaN(value)) return "";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [mantissa, exponent] = value.toExponential().split("e") as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    const digits = String(Math.abs(power)).padStart(2, "0");
    return `${mantissa}e${power < 0 ? "-" : "+"}${digits}`;
  }
  const text = power < 0
    ? value.toFixed(mantissa.replace(/^-?\d\.?/, "").length - power)
    : String(value);
  return text.includes(".") ? text : `${text}.0`;
}

/**
 * The text of `--help`.
 *
 * @module
 */
import { commandOf, type ScriptMeta } from "./meta.ts";
import { flagOf, type OptionSpec, type OptionSpecs } from "./options.ts";

const WIDTH = 100;
const COLUMN = 34;

/** Breaks a text at spaces so that no line is wider, words longer than a line apart. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

function placeholderOf(option: OptionSpec): string {
  if (option.placeholder) return option.placeholder;
  switch (option.type) {
    case "boolean":
      return "";
    case "choice":
      return option.choices.join("|");
    case "list":
      return `<${option.of ?? "string"},...>`;
    default:
      return `<${option.type}>`;
  }
}

function factsOf(option: OptionSpec): string {
  const facts: string[] = [];
  if (option.required) facts.push("required");
  else if (option.type !== "boolean") {
    const value = option.default;
    const isNone = value === undefined || (Array.isArray(value) && value.length === 0);
    facts.push(isNone ? "optional" : `default ${Array.isArray(value) ? value.join(",") : value}`);
  } else facts.push(option.default ? "default on" : "default off");
  if (option.unit) facts[0] += facts[0] === "optional" ? `, in ${option.unit}` : ` ${option.unit}`;
  if (option.paper !== undefined) facts.push(`paper ${option.paper}`);
  if (option.env) facts.push(`also ${option.env}`);
  return `[${facts.join("; ")}]`;
}

function row(name: string, text: string): string[] {
  const left = `  ${name}`;
  const lines = wrap(text, WIDTH - COLUMN);
  const first = left.length < COLUMN - 1 ? left.padEnd(COLUMN) + (lines.shift() ?? "") : left;
  return [first, ...lines.map((line) => " ".repeat(COLUMN) + line)];
}

function optionRow(key: string, option: OptionSpec): string[] {
  const short = option.short ? `-${option.short}, ` : "";
  const negation = option.type === "boolean" && option.default ? "[no-]" : "";
  const name = `${short}--${negation}${flagOf(key, option)} ${placeholderOf(option)}`.trimEnd();
  return row(name, `${option.description} ${factsOf(option)}`);
}

const EXIT_CODES: readonly (readonly [string, string])[] = [
  ["0", "done"],
  ["1", "any other failure"],
  ["2", "usage: an unknown flag, a wrong value, an unknown hook"],
  ["3", "a number outside its tolerance, under --check"],
  ["4", "an input or file missing, corrupt, not permitted, or no space"],
  ["5", "no usable device, or not enough memory"],
  ["75", "stopped by SIGTERM or SIGUSR1 with the work saved, or the folder in use: run again"],
  ["130, 143", "ended by SIGINT, by SIGTERM"],
];

/** What `--help` prints: the question, usage, options, outputs, permissions, exit codes, an example. */
export function helpText(meta: ScriptMeta, options: OptionSpecs): string {
  const command = commandOf(meta);
  const { positionals } = meta;
  const takes = positionals
    ? ` ${positionals.min ? positionals.name : `[${positionals.name}]`}${
      (positionals.max ?? Infinity) > 1 ? "..." : ""
    }`
    : "";
  const source = [meta.paper, meta.figure].filter(Boolean).join(", ");
  const lines = [
    meta.title + (source ? ` (${source})` : ""),
    "",
    ...wrap(meta.question, WIDTH),
    "",
    `Usage: ${command} -- [options]${takes}`,
    ...(meta.minutes === undefined ? [] : [`Takes: ${minutesText(meta.minutes)}`]),
    "",
    ...(positionals ? ["Arguments:", ...row(positionals.name, positionals.description), ""] : []),
    "Options:",
    ...Object.entries(options).flatMap(([key, option]) => optionRow(key, option)),
    ...row("-h, --help", "Print this."),
    ...row("--version", "Print the version."),
    "",
    ...section("Writes:", meta.outputs),
    ...section("Permissions:", meta.permissions),
    "Exit codes:",
    ...EXIT_CODES.flatMap(([code, text]) => row(code, text)),
    "",
    "Example:",
    `  ${meta.example ?? command}`,
  ];
  return lines.join("\n") + "\n";
}

function minutesText(minutes: string | number): string {
  return typeof minutes === "number" ? `about ${minutes} min` : minutes;
}

function section(head: string, entries: readonly string[] | undefined): string[] {
  if (!entries || entries.length === 0) return [];
  return [head, ...entries.map((entry) => `  ${entry}`), ""];
}

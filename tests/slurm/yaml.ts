/**
 * Reads the YAML that the project writes: maps and lists by indentation, lists of strings and numbers
 * in brackets, scalars plain or in double quotes, comments on lines of their own. Throws on the rest.
 *
 * @module
 */

/** What a document holds. */
export type Yaml = string | number | boolean | null | Yaml[] | { [key: string]: Yaml };

interface Line {
  readonly indent: number;
  readonly text: string;
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/;
const PLAIN = /^[A-Za-z0-9_./$][^#]*$/;
const KEY = /^([A-Za-z0-9_./-]+):(?: (.*))?$/;

function scalar(text: string): Yaml {
  if (text.startsWith('"') || text.startsWith("[")) return JSON.parse(text);
  if (text === "true" || text === "false") return text === "true";
  if (NUMBER.test(text)) return Number(text);
  if (!PLAIN.test(text) || text.includes(": ")) throw new Error(`no plain scalar: ${text}`);
  return text;
}

/** Reads from a line on what is indented as it is, and takes those lines off. */
function block(lines: Line[]): Yaml {
  const { indent, text } = lines[0]!;
  return text.startsWith("- ") ? list(lines, indent) : map(lines, indent);
}

function list(lines: Line[], indent: number): Yaml[] {
  const items: Yaml[] = [];
  while (lines[0]?.indent === indent && lines[0].text.startsWith("- ")) {
    const text = lines[0].text.slice(2);
    if (KEY.test(text)) {
      // "- key: value" begins a map two columns further in.
      lines[0] = { indent: indent + 2, text };
      items.push(map(lines, indent + 2));
    } else {
      items.push(scalar(text));
      lines.shift();
    }
  }
  return items;
}

function map(lines: Line[], indent: number): Record<string, Yaml> {
  const entries: Record<string, Yaml> = {};
  while (lines[0]?.indent === indent) {
    const { text } = lines.shift()!;
    const [, key, value] = KEY.exec(text) ?? [];
    if (key === undefined || key in entries) throw new Error(`no new key: ${text}`);
    if (value !== undefined) entries[key] = scalar(value);
    else if (lines[0] && lines[0].indent > indent) entries[key] = block(lines);
    else throw new Error(`no value: ${text}`);
  }
  return entries;
}

/** A document. */
export function parseYaml(source: string): Yaml {
  const lines = source.split("\n").filter((line) => !/^\s*(#|$)/.test(line)).map((line) => {
    const text = line.trimStart();
    if (/^\t/.test(line)) throw new Error(`a tab: ${line}`);
    return { indent: line.length - text.length, text };
  });
  const document = block(lines);
  if (lines.length > 0) throw new Error(`wrongly indented: ${lines[0]!.text}`);
  return document;
}

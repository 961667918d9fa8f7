/** Longest piece of a foreign name that a message repeats. */
const QUOTE_CHARACTERS = 120;

/**
 * A name from a file, safe to print: control, format and unpaired characters are escaped (a
 * terminal would obey them), and the rest is cut at 120 characters. With its quotation marks.
 */
export function quote(text: string): string {
  const cut = text.length > QUOTE_CHARACTERS ? `${text.slice(0, QUOTE_CHARACTERS)}…` : text;
  const visible = cut.replace(
    /[\p{C}"\\]/gu,
    (character) =>
      character === '"' || character === "\\"
        ? `\\${character}`
        : `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
  return `"${visible}"`;
}

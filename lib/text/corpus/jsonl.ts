import { cannot } from "../../errors.ts";
import { splitLines } from "./lines.ts";
import { recordDocument, type RecordFields } from "./records.ts";
import type { TextPiece } from "./text_piece.ts";

/**
 * Documents of JSON lines: one object a line, its text in a field. Blank lines are passed over.
 *
 * @throws {NeuriteError} E-CORPUS naming the line that is not JSON or lacks the field.
 */
export async function* readJsonLines(
  text: AsyncIterable<string>,
  place: string,
  fields: RecordFields,
): AsyncGenerator<TextPiece> {
  for await (const line of splitLines(text, place)) {
    if (line.text.trim() === "") continue;
    let record: unknown;
    try {
      record = JSON.parse(line.text);
    } catch (cause) {
      throw cannot("E-CORPUS", {
        do: `read line ${line.number} of`,
        thing: place,
        is: "not JSON",
        expected: "one JSON object a line",
        hint: "look at the line with: sed -n <number>p <file>",
        cause,
      });
    }
    yield recordDocument(record, fields, { where: `line ${line.number} of`, place });
  }
}

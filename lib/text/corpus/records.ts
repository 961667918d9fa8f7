/**
 * Records with a text and perhaps a label to documents: what JSON lines and Parquet share.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import { fieldAt } from "./field.ts";
import type { TextPiece } from "./text_piece.ts";

/** Which fields are read. */
export interface RecordFields {
  /** The field of the text; names joined by dots lead into objects. */
  readonly column: string;
  /** The field of the subset's label; none when absent. */
  readonly subsetField?: string | undefined;
}

function describe(value: unknown): string {
  if (value === undefined) return "absent";
  return value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
}

/**
 * The document of one record.
 *
 * @param where `"line 3 of"`, for messages.
 * @throws {NeuriteError} E-CORPUS naming the field that is no text.
 */
export function recordDocument(
  record: unknown,
  { column, subsetField }: RecordFields,
  at: { readonly where: string; readonly place: string },
): TextPiece {
  const textAt = (name: string, flag: string): string => {
    const value = fieldAt(record, name);
    // A lone surrogate, which JSON can spell, is no text.
    if (typeof value === "string") return value.toWellFormed();
    throw cannot("E-CORPUS", {
      do: `read ${at.where}`,
      thing: at.place,
      is: `field ${JSON.stringify(name)} ${describe(value)}`,
      expected: "a text in that field",
      hint: `name the field by ${flag}, for instance ${flag} content`,
    });
  };
  const text = textAt(column, "--column");
  return {
    text,
    isLast: true,
    ...(subsetField === undefined ? {} : { subset: textAt(subsetField, "--subset") }),
  };
}

import type { Tokens } from "../../model/tokens.ts";
import { ABSENT_COLUMNS, RULE_COLUMNS, SPACY_COLUMNS } from "./columns.ts";
import { labelRows, type LabelRowsOptions } from "./label_rows.ts";
import type { TokenTexts } from "./row_documents.ts";
import { RULE_TAGGER, ruleTagger } from "./rule_tagger.ts";
import { SPACY_TAGGER, SpacyTagger } from "./spacy_tagger.ts";
import { type CorpusTags, countColumns } from "./tag_corpus.ts";

/** Settings of {@linkcode tagRows}. */
export interface TagRowsOptions extends Omit<LabelRowsOptions, "columns"> {
  /** A file of spaCy's tags, in place of the built-in taggers. */
  readonly spacy?: string | undefined;
}

/**
 * Tags rows by spaCy's file or the built-in taggers.
 *
 * @throws {NeuriteError} as `SpacyTagger`; what the signal was aborted with.
 */
export async function tagRows(
  tokens: Tokens,
  texts: TokenTexts,
  { spacy: path, ...options }: TagRowsOptions,
): Promise<Pick<CorpusTags, "labelling" | "columns" | "tagger" | "absent">> {
  if (path === undefined) {
    const tag = ruleTagger();
    const asked = { ...options, columns: RULE_COLUMNS };
    const labelling = await labelRows(tokens, texts, ({ text }) => tag(text), asked);
    const columns = countColumns(labelling, RULE_COLUMNS);
    return { labelling, columns, tagger: RULE_TAGGER, absent: ABSENT_COLUMNS };
  }
  await using spacy = new SpacyTagger(path);
  const labelling = await labelRows(
    tokens,
    texts,
    (document, index) => spacy.tag(document, index),
    { ...options, columns: SPACY_COLUMNS },
  );
  await spacy.finish();
  const columns = countColumns(labelling, SPACY_COLUMNS);
  return { labelling, columns, tagger: SPACY_TAGGER, absent: [] };
}

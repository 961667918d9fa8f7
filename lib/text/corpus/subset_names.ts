import { cannot } from "../../errors.ts";

/** The Pile has 22; past this a field of free text was taken for a label. */
const MOST_SUBSETS = 10_000;

/**
 * A label as a short name: what stands in parentheses is left out, letters become small, all that is
 * neither letter nor digit becomes `_`. The Pile's 22 `pile_set_name`s become the original's aliases
 * (spec 1.1): `Pile-CC` is `pile_cc`, `Wikipedia (en)` is `wikipedia`.
 *
 * @example Usage
 * ```ts
 * import { subsetAlias } from "neurite/lib/text/corpus/subset_names.ts";
 *
 * if (subsetAlias("Gutenberg (PG-19)") !== "gutenberg") throw new Error("unreachable");
 * ```
 */
export function subsetAlias(label: string): string {
  const alias = label.replace(/\([^)]*\)/g, "").trim().toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "");
  return alias === "" ? "unnamed" : alias;
}

/** Numbers for subsets, in the order in which they are met. */
export class SubsetNames {
  readonly #indices = new Map<string, number>();

  /** The names so far, by number. */
  get names(): string[] {
    return [...this.#indices.keys()];
  }

  /**
   * The number of a label; documents without one have −1.
   *
   * @throws {NeuriteError} E-CORPUS past 10,000 names.
   */
  indexOf(label: string | undefined): number {
    if (label === undefined) return -1;
    const name = subsetAlias(label);
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    if (this.#indices.size >= MOST_SUBSETS) {
      throw cannot("E-CORPUS", {
        do: "label rows by",
        thing: name.slice(0, 60),
        is: `another name after ${MOST_SUBSETS} subsets`,
        expected: "a field with few different values",
        hint: "name such a field by --subset, for instance --subset meta.pile_set_name",
      });
    }
    this.#indices.set(name, this.#indices.size);
    return this.#indices.size - 1;
  }
}

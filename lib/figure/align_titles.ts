/**
 * Titles of panels that stand beside each other, on one line.
 *
 * @module
 */

/** What is read and moved of Vega's scene, once it is laid out. */
export interface TitledItem {
  x?: number;
  y?: number;
  readonly items?: readonly TitledMark[];
}

/** A mark of Vega's scene. */
export interface TitledMark {
  readonly marktype: string;
  readonly role?: string;
  readonly items: readonly TitledItem[];
}

/** The title's group of a panel, if it has one. */
function titleOf(panel: TitledItem): TitledItem | undefined {
  return panel.items?.find(({ role }) => role === "title")?.items[0];
}

/**
 * Raises the titles of panels whose axes begin at one height to that of the highest, everywhere below
 * `marks`. Vega sets a title above all that stands out of its own panel, such as half a label at the
 * very end of an axis, so that titles of one row would be some pixels apart.
 */
export function alignTitles(marks: readonly TitledMark[]): void {
  const rows = new Map<number, TitledItem[]>();
  for (const { marktype, role, items } of marks) {
    if (marktype !== "group") continue;
    for (const panel of items) {
      alignTitles(panel.items ?? []);
      const title = role === "scope" ? titleOf(panel) : undefined;
      if (title === undefined) continue;
      const row = rows.get(panel.y ?? 0) ?? [];
      rows.set(panel.y ?? 0, [...row, title]);
    }
  }
  for (const titles of rows.values()) {
    const top = Math.min(...titles.map(({ y = 0 }) => y));
    for (const title of titles) title.y = top;
  }
}

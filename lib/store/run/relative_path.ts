/**
 * Names of files inside a run's folder.
 *
 * @module
 */

const LONGEST_PATH = 240;
// A leading dot is for temporary files and locks.
const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9_.+=,-]*$/;

/**
 * Whether a path stays inside the folder it is relative to and is a plain name on every system:
 * letters, digits and `_ . + = , -`, with `/` between, no segment that begins with a dot.
 */
export function isInsidePath(path: string): boolean {
  return path.length <= LONGEST_PATH && path.split("/").every((part) => SEGMENT.test(part));
}

/**
 * Returns the path when {@linkcode isInsidePath}.
 *
 * @throws {RangeError} when it is not; names come from code, so that is a fault of the program.
 */
export function insidePath(path: string): string {
  if (isInsidePath(path)) return path;
  throw new RangeError(
    `Cannot write "${path}": a name that could leave the run's folder, expected letters, digits ` +
      "and _ . + = , - with / between",
  );
}

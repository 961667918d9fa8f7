/** A name as a file on any system may have it: `_` for other characters, the first 100 of them. */
export function fileName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_.-]/g, "_").slice(0, 100);
}

/**
 * Light and dark: as the system says until the reader chooses.
 *
 * @module
 */
/// <reference lib="dom" />

const KEY = "neurite-theme";

function isTheme(value: string | null): value is "light" | "dark" {
  return value === "light" || value === "dark";
}

/** Takes up the reader's last choice, where the browser keeps one. */
export function restoreTheme(): void {
  try {
    const kept = localStorage.getItem(KEY);
    if (isTheme(kept)) document.documentElement.dataset.theme = kept;
  } catch {
    // Some browsers keep nothing for pages from disk; the system's scheme stands.
  }
}

/** Changes to the other scheme. */
export function toggleTheme(): void {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem(KEY, root.dataset.theme);
  } catch {
    // As above: the choice then lasts as long as the page.
  }
}

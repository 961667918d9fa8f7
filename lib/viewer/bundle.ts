/**
 * The files of the page, without its data. They are read as text when this module loads, so that
 * nobody who writes a viewer folder needs leave to read them.
 *
 * `deno task bundle:viewer` makes `page/app.bundle.js` from `page/main.ts`.
 *
 * @module
 */
import app from "./page/app.bundle.js" with { type: "text" };
import { indexHtml } from "./page/index_html.ts";
import style from "./page/style.css" with { type: "text" };

/**
 * Text by file name: `index.html`, `app.js` and `style.css`. Beside them the page looks for
 * `data/<name>.js`, as `format.ts` says.
 *
 * @example Usage
 * ```ts
 * import { viewerFiles } from "neurite/lib/viewer/bundle.ts";
 *
 * const files = viewerFiles();
 * if (!files["index.html"]!.includes("script-src 'self'")) throw new Error("unreachable");
 * ```
 */
export function viewerFiles(): Record<string, string> {
  return { "index.html": indexHtml(), "app.js": app, "style.css": style };
}

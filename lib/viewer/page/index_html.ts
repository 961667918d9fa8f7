/**
 * The page's one document.
 *
 * @module
 */

/**
 * Only scripts and styles of the same folder, and no way to send anything. `'self'` alone is enough
 * for Chromium; the policy's standard has it match no file on disk, hence `file:`.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' file:",
  "style-src 'self' file:",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** The text of `index.html`. */
export function indexHtml(): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Neurons</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
<script src="app.js" defer></script>
</head>
<body>
<main>
<h1>Neurons</h1>
<p>Loading the model.</p>
<noscript>This page shows its data with scripts of its own folder; allow them to see it.</noscript>
</main>
</body>
</html>
`;
}

import { escapeMarkup } from "./escape.ts";

/** What a page that stands alone says before its body. */
export interface PageHead {
  readonly title: string;
  /** Content security policy. */
  readonly policy: string;
  readonly style: string;
}

/** The document's beginning, up to and with `</head>`: nothing is loaded and nobody is told of the page. */
export function pageHead({ title, policy, style }: PageHead): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeMarkup(title)}</title>
<style>
${style}
</style>
</head>`;
}

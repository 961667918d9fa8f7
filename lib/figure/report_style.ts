/**
 * The report page's style sheet.
 *
 * @module
 */

/** Colours of one scheme. Text colours keep a contrast of 4.5 or more on `ground` and `card`. */
export interface SchemeColors {
  readonly ground: string;
  readonly card: string;
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly link: string;
  readonly pass: string;
  readonly fail: string;
}

/** The two schemes; the reader's system picks one. */
export const SCHEMES: Readonly<Record<"light" | "dark", SchemeColors>> = {
  light: {
    ground: "#ffffff",
    card: "#f6f8fa",
    ink: "#1f2328",
    soft: "#57606a",
    line: "#d0d7de",
    link: "#0550ae",
    pass: "#116329",
    fail: "#a40e26",
  },
  dark: {
    ground: "#0d1117",
    card: "#161b22",
    ink: "#e6edf3",
    soft: "#9da7b3",
    line: "#30363d",
    link: "#79c0ff",
    pass: "#7ee787",
    fail: "#ffa198",
  },
};

function variables(colors: SchemeColors): string {
  return Object.entries(colors).map(([name, value]) => `--${name}:${value}`).join(";");
}

/** The whole style sheet. Figures stay on white in both schemes: their colours are data. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;${variables(SCHEMES.light)}}
@media (prefers-color-scheme:dark){:root{${variables(SCHEMES.dark)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);line-height:1.5;
 font:16px/1.5 "Neurite Sans","Liberation Sans",Arial,Helvetica,sans-serif}
header,main,footer{max-width:62rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}
footer{padding-bottom:3rem;color:var(--soft);border-top:1px solid var(--line);margin-top:3rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.2rem;margin:2.25rem 0 .75rem}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-100vw;background:var(--card);padding:.5rem 1rem}
.skip:focus{left:1rem;top:1rem}
.question{font-size:1.1rem;max-width:46rem;margin:.25rem 0 1rem}
pre,code,dd{font-family:ui-monospace,Menlo,Consolas,"Liberation Mono",monospace;font-size:.875rem}
pre{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.75rem 1rem;
 margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);padding:0 0 .5rem}
th,td{padding:.4rem .75rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
th:first-child,td:first-child,td.text,th.text{text-align:left}
thead th{border-bottom:2px solid var(--line);font-weight:600}
tbody th{font-weight:normal}
th,td,dd,figcaption,h1,p,code{unicode-bidi:isolate}
.pass,.fail{font-weight:600}
.pass{color:var(--pass)}
.fail{color:var(--fail)}
figure{margin:0 0 2rem}
figure>.drawing{background:#fff;border:1px solid var(--line);border-radius:6px;padding:.5rem;
 overflow-x:auto}
figure svg{display:block;max-width:100%;height:auto;margin:0 auto}
figcaption{margin:.5rem 0;color:var(--soft)}
details{margin-top:.5rem}
summary{cursor:pointer}
td>span{white-space:nowrap}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.35rem 1rem;margin:0}
dt{font-weight:600}
dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}
@media print{
 :root{color-scheme:light;${variables(SCHEMES.light)}}
 .skip{display:none}
 body{font-size:11pt}
 header,main,footer{max-width:none;padding:0}
 th,td{padding:.15rem .5rem}
 .scroll,figure>.drawing{overflow:visible}
 figure>.drawing,pre,tr{break-inside:avoid}
 h2,figure>.drawing{break-after:avoid}
 details::details-content{content-visibility:visible;block-size:auto}
}
`.trim();

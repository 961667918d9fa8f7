/**
 * The style sheet of the report over all runs: the one of a run's report, and what it has more.
 *
 * @module
 */
import { REPORT_STYLE } from "../figure/report_style.ts";

/** The whole style sheet. */
export const PAGE_STYLE = `
${REPORT_STYLE}
header,main,footer{max-width:68rem}
h3{font-size:1.05rem;line-height:1.3;margin:0}
main>section+section{margin-top:3.5rem}
main>section>h2{font-size:1.4rem;margin-bottom:.25rem}
.authors,.source{color:var(--soft);margin:.15rem 0 .75rem}
.verdict{display:inline-block;white-space:nowrap;font-size:.8125rem;font-weight:600;line-height:1.4;
 padding:.05rem .55rem;border:1px solid currentColor;border-radius:1rem;color:var(--soft)}
.verdict.pass{color:var(--pass)}
.verdict.fail{color:var(--fail)}
.claim{margin:1rem 0;padding:1.1rem 1.25rem;border:1px solid var(--line);border-radius:8px}
.claim>header{display:flex;gap:.75rem;justify-content:space-between;align-items:flex-start;
 padding:0;margin:0;max-width:none}
.claim table{font-size:.9rem}
.claim td.text,.overview td.text{min-width:7rem}
.claim tbody th{min-width:14rem}
.claim td.note{text-align:left;min-width:16rem;color:var(--soft)}
.claim td>span{white-space:nowrap}
.claim td.list{min-width:6rem}
.claim td.list>span{white-space:normal}
.claim figure{margin:1rem 0 0}
.claim pre{margin-top:.75rem}
.run{margin:.9rem 0 .2rem;font-weight:600}
.overview tbody th{min-width:15rem}
.overview td.list>span{white-space:normal}
.overview td{font-size:.9rem}
.overview td,.overview th{vertical-align:middle}
.tally{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;list-style:none;padding:0;margin:1rem 0}
.tally b{font-size:1.25rem;margin-right:.35rem;font-variant-numeric:tabular-nums}
@media (max-width:40rem){
 .claim{padding:.9rem .8rem}
 .claim>header{flex-direction:column}
}
@media print{
 header,main,footer{max-width:none}
 .claim tbody th,.claim td.list,.claim td.note,.overview tbody th{min-width:0}
 .claim table{font-size:.8rem}
 .claim>header,.claim>.source,.run{break-after:avoid}
}
`.trim();

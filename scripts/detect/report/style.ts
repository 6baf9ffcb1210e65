/** Colours follow the reader's setting; the page's own switch sets `data-theme`. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f7f9, #12151a);
  --panel: light-dark(#ffffff, #1b2027);
  --text: light-dark(#1b222c, #e6eaf0);
  --faint: light-dark(#5c6878, #97a3b4);
  --rule: light-dark(#e1e5eb, #2e3641);
  --line: light-dark(#2563a8, #6cb0f5);
  --range: light-dark(#2563a833, #6cb0f540);
  --trained: light-dark(#8794a61f, #97a3b41f);
  --band: light-dark(#d9480f21, #ff8a4c2b);
  --low: light-dark(#9a7b00, #e3c64b);
  --medium: light-dark(#c25a00, #ff9f4a);
  --high: light-dark(#cf2f2f, #ff6f6f);
  --critical: light-dark(#8d1a7c, #f080dd);
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 28px 24px 48px; max-width: 1120px;
  background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
}
header { display: flex; gap: 16px; align-items: flex-start; justify-content: space-between; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 0 0 8px; }
p { margin: 0 0 8px; }
.faint, figcaption { color: var(--faint); }
button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
#theme {
  border: 1px solid var(--rule); border-radius: 8px; padding: 5px 12px;
  background: var(--panel); white-space: nowrap;
}
:focus-visible { outline: 2px solid var(--line); outline-offset: 2px; border-radius: 4px; }
section, .tiles > div {
  background: var(--panel); border: 1px solid var(--rule); border-radius: 12px;
}
section { padding: 16px 18px; margin-top: 16px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 12px; margin-top: 18px; }
.tiles > div { padding: 12px 16px; }
.tiles b { display: block; font-size: 24px; line-height: 1.25; overflow-wrap: anywhere; }
.tiles b.long { font-size: 18px; line-height: 30px; }
.tiles span { color: var(--faint); font-size: 13px; }
figure { margin: 0; overflow-x: auto; }
figure + figure { margin-top: 14px; }
figcaption { font-size: 13px; margin-bottom: 2px; overflow-wrap: anywhere; }
svg { display: block; width: 100%; min-width: 640px; height: auto; }
svg text { font-size: 11px; fill: var(--faint); font-variant-numeric: tabular-nums; }
.grid { stroke: var(--rule); }
.range { fill: var(--range); }
.line { fill: none; stroke: var(--line); stroke-width: 1.3; stroke-linejoin: round; }
.bars { fill: none; stroke: var(--line); stroke-width: 1.6; stroke-linecap: round; opacity: .75; }
.trained { fill: var(--trained); }
.band { fill: var(--band); }
.threshold { stroke: var(--high); stroke-dasharray: 5 4; }
.mark { stroke: var(--panel); stroke-width: 1.2; }
.mark.low { fill: var(--low); } .mark.medium { fill: var(--medium); }
.mark.high { fill: var(--high); } .mark.critical { fill: var(--critical); }
svg a:hover .mark, svg a:focus .mark, svg a.lit .mark { stroke: var(--text); stroke-width: 2; r: 7px; }
svg a:focus-visible { outline: none; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; white-space: nowrap; color: var(--faint); font-size: 13px; }
td { overflow-wrap: normal; }
th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
td.number, th.number { text-align: right; }
th.wide { width: 46%; }
.hint { paint-order: stroke; stroke: var(--panel); stroke-width: 3px; stroke-linejoin: round; }
th button[aria-label] { color: inherit; }
th[aria-sort="ascending"] button::after { content: " \\2191"; }
th[aria-sort="descending"] button::after { content: " \\2193"; }
tbody tr:target, tbody tr.lit { background: var(--band); }
.severity { font-weight: 600; font-size: 13px; white-space: nowrap; }
.severity::before { content: ""; display: inline-block; width: 9px; height: 9px; border-radius: 50%; margin-right: 6px; background: currentColor; }
.severity.low { color: var(--low); } .severity.medium { color: var(--medium); }
.severity.high { color: var(--high); } .severity.critical { color: var(--critical); }
.parts { min-width: 300px; display: grid; gap: 3px; }
.part { display: grid; grid-template-columns: 90px 1fr; gap: 10px; align-items: center; font-size: 13px; overflow-wrap: anywhere; }
.bar { height: 9px; border-radius: 5px; background: var(--rule); overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--line); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 0 0 14px; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
@media print { #theme { display: none; } body { padding: 0; } section { break-inside: avoid; } }
`;

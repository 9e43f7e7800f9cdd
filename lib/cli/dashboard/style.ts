import { createHash } from 'node:crypto';

/** The colours of lines: ten that people with a colour vision deficiency tell apart, in light and dark. */
const LIGHT = [
  '#1f6fb4',
  '#c2410c',
  '#15803d',
  '#7c3aed',
  '#a16207',
  '#be185d',
  '#0e7490',
  '#4d7c0f',
  '#6b7280',
  '#9f1239',
];
const DARK = [
  '#6cb6ff',
  '#ff9d5c',
  '#5fd38d',
  '#b79bff',
  '#e3c04a',
  '#ff8ac0',
  '#4fd0e7',
  '#a8d65c',
  '#aab2bd',
  '#ff8b9c',
];

const lineColors = (colors: readonly string[]) =>
  colors.map((color, i) => `.c${i}{stroke:${color};fill:${color}}i.c${i}{background:${color}}`).join('');
/** Widgets keep the widths of the dashboard: columns of 24. */
const widths = Array.from({ length: 24 }, (_, i) => `.w${i + 1}{grid-column:span ${i + 1}}`).join('');

const STYLE = `
:root{color-scheme:light dark;--text:#1b1f24;--muted:#57606a;--page:#f5f6f8;--card:#fff;--edge:#d8dee4;--link:#0b57a4;--page-line:#b91c1c;--ticket-line:#a84300;--info-line:#57606a;--ok:#15803d}
*{box-sizing:border-box}
body{margin:0;font:15px/1.45 system-ui,sans-serif;color:var(--text);background:var(--page)}
main,header{max-width:1640px;margin:0 auto;padding:0 16px}
header{padding-top:16px}
h1{font-size:24px;margin:0}h2{font-size:20px;margin:28px 0 4px}h3{font-size:18px;margin:20px 0 2px}h4{font-size:14px;margin:0 0 6px}
p{margin:2px 0;color:var(--muted);overflow-wrap:anywhere}
a{color:var(--link)}
nav a{margin-right:14px}
.grid24{display:grid;grid-template-columns:repeat(24,minmax(0,1fr));gap:12px}
.card{background:var(--card);border:1px solid var(--edge);border-radius:8px;padding:10px 12px;min-width:0}
.text{grid-column:1/-1}
svg{display:block;width:100%;height:auto}
svg text{fill:var(--muted);font:11px system-ui,sans-serif}
svg .end{text-anchor:end}svg .middle{text-anchor:middle}
.grid{stroke:var(--edge);stroke-width:1;fill:none}
svg .line{fill:none;stroke-width:1.8}
svg .area{fill-opacity:.3;stroke:none}
.threshold{stroke-width:1.4;stroke-dasharray:6 4;fill:none}
.threshold.page{stroke:var(--page-line)}.threshold.ticket{stroke:var(--ticket-line)}.threshold.info{stroke:var(--info-line)}
svg text.page{fill:var(--page-line)}svg text.ticket{fill:var(--ticket-line)}svg text.info{fill:var(--info-line)}
table{border-collapse:collapse;width:100%;font-size:13px}
th,td{text-align:left;font-weight:400;padding:2px 8px 2px 0;overflow-wrap:anywhere}
thead th{color:var(--muted);font-size:12px}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;padding-right:0;padding-left:8px}
i{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
.none{color:var(--muted);padding:20px 0;text-align:center}
.number{font-size:30px;font-variant-numeric:tabular-nums;color:var(--text)}
.number small{font-size:14px;color:var(--muted)}
ul.alarms{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(210px,1fr));gap:6px}
ul.alarms li{border:1px solid var(--edge);border-left-width:5px;border-radius:4px;padding:4px 8px;font-size:13px;overflow-wrap:anywhere}
ul.alarms b{display:block;font-weight:600}
ul.alarms li.ALARM{border-left-color:var(--page-line)}ul.alarms li.OK{border-left-color:var(--ok)}
li.ALARM span{color:var(--page-line);font-weight:600}li.OK span{color:var(--ok)}li span{color:var(--muted)}
meter{width:100%;min-width:60px}
${widths}
${lineColors(LIGHT)}
@media (max-width:1000px){.card{grid-column:1/-1}}
@media (max-width:600px){svg text{font-size:17px}}
@media (prefers-color-scheme:dark){
:root{--text:#e6e9ed;--muted:#a0a9b4;--page:#0f1216;--card:#181c22;--edge:#323a44;--link:#7cbcff;--page-line:#ff8080;--ticket-line:#ffab66;--info-line:#a0a9b4;--ok:#5fd38d}
${lineColors(DARK)}
}
@media print{body{background:#fff}nav{display:none}.card{break-inside:avoid}}
`;

/** The style of the page, and the hash by which the page allows it and no other. */
export const PAGE_STYLE = { css: STYLE, hash: `sha256-${createHash('sha256').update(STYLE).digest('base64')}` };

/**
 * The style of the HTML matrix: system fonts and colours, which follow the reader's light, dark and high-contrast settings;
 * route names that stay visible while the table scrolls sideways; no navigation in print. Contrasts are at least 4.5:1
 * (WCAG 2.2, 1.4.3).
 */
export const MATRIX_STYLE = `
:root { color-scheme: light dark; --line: #b9bec7; --soft: #f2f4f7; --quiet: #545b66; --yes: #0b6b34; --yes-soft: #e3f4e9; }
@media (prefers-color-scheme: dark) {
  :root { --line: #474d57; --soft: #23272e; --quiet: #a9b1bd; --yes: #7fd6a0; --yes-soft: #17321f; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 80rem; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; }
h1 { font-size: 1.6rem; margin: 0; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 0; }
header p, section > p { margin: .25rem 0; color: var(--quiet); }
section > p { margin-bottom: .75rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: 1rem 0 0; padding: 0; }
a { color: LinkText; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { position: static; }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; }
table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: .9rem; }
th, td { padding: .45rem .75rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { background: var(--soft); white-space: nowrap; border-top: 0; }
tbody th { font-weight: 600; min-width: 10rem; position: sticky; left: 0; background: Canvas; }
tbody tr:hover > * { background: var(--soft); }
code, .path { font: .85em ui-monospace, monospace; overflow-wrap: anywhere; }
small { display: block; color: var(--quiet); }
td.yes { background: var(--yes-soft); }
td.yes b { color: var(--yes); }
td.no { color: var(--quiet); }
@media (max-width: 45rem) { tbody th { position: static; } }
@media print {
  nav, .skip { display: none; }
  body { max-width: none; padding: 0; font-size: 9pt; }
  .wide { overflow: visible; border: 0; }
  tbody th { position: static; }
  tr { break-inside: avoid; }
  thead { display: table-header-group; }
  h2 { break-after: avoid; }
}
`;

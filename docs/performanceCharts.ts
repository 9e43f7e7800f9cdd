import type { Row } from '../bench/row.ts';

const WIDTH = 960;
const LABELS = 500;
const BAR = 14;
const GAP = 8;
const TOP = 52;
/** Bars end here, with their number beside them. */
const MAX_SHARE = 3;

/** How much of its target a row uses: 1 is the target, less is better, for costs and for rates. */
export function shareOfTarget({ ratio, target, unit }: Row): number {
  return unit.endsWith('/s') ? target / ratio : ratio / target;
}

/** A bar for each row: how much of its target it uses. */
export function targetsChart(rows: readonly Row[]): string {
  const scale = (WIDTH - LABELS - 70) / MAX_SHARE;
  const height = TOP + rows.length * (BAR + GAP) + 12;
  const limit = LABELS + scale;
  const bars = rows.map((row, i) => {
    const share = shareOfTarget(row);
    const width = Math.max(1, Math.min(share, MAX_SHARE) * scale);
    const y = TOP + i * (BAR + GAP);
    return [
      `<text class="label" x="${LABELS - 8}" y="${y + 11}">${escaped(shortened(row.name))}</text>`,
      `<rect class="${row.pass ? 'pass' : 'miss'}" x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="${BAR}"/>`,
      `<text x="${(LABELS + width + 6).toFixed(1)}" y="${y + 11}">${numberOf(share)}${share > MAX_SHARE ? ' ▸' : ''}</text>`,
    ].join('');
  });
  return svg(height, 'Share of the target that each row uses; less is better', [
    `<line class="limit" x1="${limit}" y1="${TOP - 8}" x2="${limit}" y2="${height - 8}"/>`,
    `<text x="${limit + 4}" y="${TOP - 12}">target</text>`,
    ...bars,
  ]);
}

/** Ours and the peer of some rows, as bars of one scale. */
export function pairsChart(rows: readonly Row[], title: string): string {
  const most = Math.max(1, ...rows.flatMap(({ ours, peer }) => [ours, peer]));
  const scale = (WIDTH - LABELS - 110) / most;
  const height = TOP + rows.length * (2 * BAR + 2 * GAP) + 12;
  const bars = rows.flatMap((row, i) => {
    const y = TOP + i * (2 * BAR + 2 * GAP);
    const bar = (kind: 'ours' | 'peer', top: number) => {
      const width = Math.max(1, row[kind] * scale);
      const number = `<text x="${(LABELS + width + 6).toFixed(1)}" y="${top + 11}">${numberOf(row[kind])} ${row.unit}</text>`;
      return `<rect class="${kind}" x="${LABELS}" y="${top}" width="${width.toFixed(1)}" height="${BAR}"/>${number}`;
    };
    return [
      `<text class="label" x="${LABELS - 8}" y="${y + 18}">${escaped(shortened(row.name))}</text>`,
      bar('ours', y),
      bar('peer', y + BAR + 2),
    ];
  });
  const legend = (['ours', 'peer'] as const).map((kind, i) => {
    const x = LABELS + i * 90;
    return `<rect class="${kind}" x="${x}" y="30" width="12" height="12"/><text x="${x + 17}" y="40">${kind}</text>`;
  });
  return svg(height, title, [...legend, ...bars]);
}

/** The part of a name before the peer. */
function shortened(name: string): string {
  const text = name.replace(/,? against (its maximum|an empty function)$/, '').replace(/: added to .*$/, '');
  return text.length > 74 ? `${text.slice(0, 73)}…` : text;
}

/** Three digits that count. */
export function numberOf(value: number): string {
  return String(Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3)));
}

function svg(height: number, title: string, content: readonly string[]): string {
  const light =
    '.page{fill:#fff}text{font:12px system-ui,sans-serif;fill:#1f2328;stroke:#fff;stroke-width:4px;paint-order:stroke}.title{font-size:14px;font-weight:600}.label{text-anchor:end}.pass,.ours{fill:#2f81c1}.miss{fill:#d1663a}.peer{fill:#9aa4ae}.limit{stroke:#1f2328;stroke-dasharray:4 3}';
  const dark =
    '.page{fill:#0d1117}text{fill:#e6edf3}.pass,.ours{fill:#58a6ff}.miss{fill:#f0883e}.peer{fill:#6e7681}.limit{stroke:#e6edf3}';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${light}@media(prefers-color-scheme:dark){${dark}}</style>`,
    `<rect class="page" width="${WIDTH}" height="${height}"/>`,
    `<text class="title" x="12" y="20">${escaped(title)}</text>`,
    ...content,
    '</svg>',
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

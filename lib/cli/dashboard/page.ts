import { escaped } from '../../access/escaped.ts';
import { COLORS, chartSvg } from './chart.ts';
import { highest } from './largest.ts';
import { markdownHtml } from './markdown.ts';
import { shownDate, shownNumber } from './numbers.ts';
import type { AlarmState, Contributor, Drawn, TimeRange } from './readData.ts';
import type { Series } from './series.ts';
import { PAGE_STYLE } from './style.ts';

/** A dashboard with its data. */
export interface DrawnDashboard extends TimeRange {
  readonly name: string;
  /** What the data is of, such as `the gateway at https://127.0.0.1:8443`. */
  readonly source: string;
  readonly widgets: readonly Drawn[];
}

const GENERATOR = '<meta name="generator" content="secure-api dashboard">';

/** Whether a file is such a page. */
export function isDashboardPage(html: string): boolean {
  return html.startsWith('<!doctype html>') && html.slice(0, html.indexOf('<title>')).includes(GENERATOR);
}

/** One self-contained HTML page: no script, no request, its own style. */
export function dashboardHtml(dashboard: DrawnDashboard): string {
  const { name, source, widgets, from, to } = dashboard;
  const sections = widgets.flatMap((widget, i) =>
    widget.kind === 'text' && titleIn(widget.markdown) ? [{ i, title: titleIn(widget.markdown) }] : [],
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${GENERATOR}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${PAGE_STYLE.hash}'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<title>${escaped(`Dashboard ${name}`)}</title>
<style>${PAGE_STYLE.css}</style>
</head>
<body>
<header>
<h1>${escaped(`Dashboard ${name}`)}</h1>
<p>${escaped(`${shownDate(from)} – ${shownDate(to)}, ${source}`)}</p>
<nav aria-label="Sections">${sections.map(({ i, title }) => `<a href="#w${i}">${escaped(title)}</a>`).join('')}</nav>
</header>
<main class="grid24">
${widgets.map((widget, i) => widgetHtml(widget, `w${i}`, dashboard)).join('\n')}
</main>
</body>
</html>
`;
}

/** The heading of a section; that of the dashboard itself is no section. */
function titleIn(markdown: string): string {
  return /^## (.+)$/m.exec(markdown)?.[1] ?? '';
}

function widgetHtml(widget: Drawn, id: string, range: TimeRange): string {
  if (widget.kind === 'text') return `<div class="text" id="${id}">${markdownHtml(widget.markdown)}</div>`;
  const content =
    widget.error === undefined ? contentOf(widget, id, range) : none(`The data cannot be read: ${widget.error}`);
  return `<section class="card w${Math.min(Math.max(widget.width, 1), 24)}" aria-labelledby="${id}"><h4 id="${id}">${escaped(widget.title)}</h4>${content}</section>`;
}

function contentOf(widget: Drawn, id: string, range: TimeRange): string {
  switch (widget.kind) {
    case 'alarms':
      return alarms(widget.states ?? []);
    case 'contributors':
      return contributors(widget.contributors ?? []);
    case 'number':
      return number(widget.series ?? []);
    case 'graph': {
      const series = widget.series ?? [];
      const empty = series.every(({ points }) => points.length === 0);
      if (empty && widget.thresholds.length === 0) return none('No data in this time');
      const { width, thresholds, isStacked, unit } = widget;
      return (
        chartSvg({ id, width, series, thresholds, isStacked, unit, from: range.from, to: range.to }) +
        (empty ? none('No data in this time') : legend(series))
      );
    }
    default:
      return none('Widgets of this kind are not drawn here');
  }
}

function none(text: string): string {
  return `<p class="none">${escaped(text)}</p>`;
}

/** The lines with values: name, latest and highest value. */
function legend(series: readonly Series[]): string {
  const rows = series
    .map((one, i) => ({ one, color: `c${i % COLORS}` }))
    .filter(({ one }) => one.points.length > 0)
    .map(({ one, color }) => {
      const latest = one.points.at(-1)?.[1] ?? 0;
      return `<tr><th scope="row"><i class="${color}"></i>${escaped(one.label)}</th><td class="n">${shownNumber(latest)}</td><td class="n">${shownNumber(highest(one))}</td></tr>`;
    });
  return `<table><thead><tr><th scope="col">line</th><th scope="col" class="n">latest</th><th scope="col" class="n">highest</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function number([series]: readonly Series[]): string {
  const value = series?.points.at(-1)?.[1];
  if (series === undefined || value === undefined) return none('No data in this time');
  return `<p class="number">${shownNumber(value)} <small>${escaped(series.label)}</small></p>`;
}

const ORDER = ['ALARM', 'missing', 'OK', 'INSUFFICIENT_DATA'];
const WORDS: Readonly<Record<string, string>> = {
  ALARM: 'in alarm',
  INSUFFICIENT_DATA: 'no data yet',
  missing: 'does not exist',
};

/** Those that fire first. */
function alarms(states: readonly AlarmState[]): string {
  const prefix = commonStart(states.map(({ name }) => name));
  const items = states
    .toSorted((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state))
    .map(({ name, state, since }) => {
      const when = state === 'ALARM' && since !== undefined ? ` since ${shownDate(since)}` : '';
      const known = ORDER.includes(state) ? state : 'missing';
      return `<li class="${known}"><b>${escaped(name.slice(prefix.length))}</b><span>${escaped((WORDS[state] ?? state) + when)}</span></li>`;
    });
  return states.length === 0 ? none('No alarms') : `<ul class="alarms">${items.join('')}</ul>`;
}

/** What all names begin with, up to a `-`. */
function commonStart([first = '', ...others]: readonly string[]): string {
  let length = others.length === 0 ? 0 : first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  return first.slice(0, first.lastIndexOf('-', length - 1) + 1);
}

function contributors(all: readonly Contributor[]): string {
  if (all.length === 0) return none('Nobody in this time');
  const most = Math.max(...all.map(({ count }) => count));
  const rows = all.map(({ keys, count }) => {
    const name = keys.join(' · ');
    return `<tr><th scope="row">${escaped(name)}</th><td><meter max="${most}" value="${count}" aria-label="${escaped(`share of ${name}`)}"></meter></td><td class="n">${shownNumber(count)}</td></tr>`;
  });
  return `<table><thead><tr><th scope="col">who</th><th scope="col">share of the first</th><th scope="col" class="n">requests</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

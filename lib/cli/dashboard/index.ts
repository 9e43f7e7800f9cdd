import { Command, Option } from 'commander';
import { loadSdk } from '../../aws/sdk.ts';
import { duration } from '../observe/duration.ts';
import { openSource, type SourceOptions, withSource } from '../observe/openSource.ts';
import type { Source } from '../observe/source.ts';
import { invalidOption, withExamples } from '../options.ts';
import { print } from '../output.ts';
import { requireReplaceable, writeOutputs } from '../outputFiles.ts';
import { type DrawnDashboard, dashboardHtml, isDashboardPage } from './page.ts';
import { type Drawn, readData } from './readData.ts';
import { widgetsOf } from './widgets.ts';

interface DashboardOptions extends SourceOptions {
  /** `true` without a file. */
  readonly html?: string | true;
  readonly since: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

const DEFAULT_FILE = 'dashboard.html';
/** The page has addresses and names of clients. */
const MODE = 0o600;
const MINUTE_MS = 60_000;
const PERIOD_MS = 5 * MINUTE_MS;
const DEFAULT_SINCE_MS = 180 * MINUTE_MS;
/** A gateway that has just started has few minutes of data: a page shows at least so much. */
const SHORTEST_MS = 30 * MINUTE_MS;

/** `secure-api dashboard`: the dashboard of an API with its data as one HTML page. */
export function dashboardCommand(): Command {
  const command = withSource(
    new Command('dashboard')
      .description(
        'draw the dashboard of an API as one HTML page, with the data of the local gateway or of a deployed stack',
      )
      .option('--html [file]', `page to write (default: ${DEFAULT_FILE})`)
      .addOption(
        new Option('--since <time>', 'how far back, such as 30m, 6h or 2d')
          .argParser(duration)
          .default(DEFAULT_SINCE_MS, '3h'),
      )
      .option('--force', 'replace a file that this command did not write')
      .addOption(new Option('--json', 'print the widgets with their data as JSON instead of a page').conflicts('html')),
  ).action(dashboard);
  return withExamples(
    command,
    'secure-api dashboard --html',
    'secure-api dashboard --html out.html --since 30m',
    'secure-api dashboard --stack Documents --since 1d',
    'secure-api dashboard --json',
  );
}

async function dashboard(options: DashboardOptions): Promise<void> {
  const file = typeof options.html === 'string' ? options.html : DEFAULT_FILE;
  if (!file.endsWith('.html'))
    throw invalidOption({
      location: '--html',
      found: JSON.stringify(file),
      expected: 'a file whose name ends with .html',
      fix: `Write --html ${DEFAULT_FILE}.`,
    });
  const rules = { option: '--html', isOwn: isDashboardPage, force: options.force };
  if (options.json !== true) requireReplaceable(file, rules);
  const source = await openSource(options);
  try {
    const drawn = await read(source, options);
    if (options.json === true) {
      print(JSON.stringify(jsonOf(drawn)));
      return;
    }
    writeOutputs({ [file]: dashboardHtml(drawn) }, rules, MODE);
    print(`${file} shows ${drawn.widgets.length} widgets of the dashboard ${drawn.name}. Open it in a browser.`);
  } finally {
    await source.close();
  }
}

async function read(source: Source, options: DashboardOptions): Promise<DrawnDashboard> {
  const { cloudWatch: sdk } = await loadSdk('cloudWatch');
  const client = new sdk.CloudWatchClient(source.settings('CLOUDWATCH'));
  try {
    const { DashboardBody = '{}' } = await client.send(new sdk.GetDashboardCommand({ DashboardName: source.name }));
    const to = source.now();
    // Periods begin at multiples of five minutes.
    const range = { from: Math.floor((to - options.since) / PERIOD_MS) * PERIOD_MS, to };
    const widgets = await readData(widgetsOf(DashboardBody), { client, sdk, range });
    const isLocal = options.stack === undefined;
    const from = isLocal ? Math.max(range.from, firstData(widgets, to)) : range.from;
    return {
      name: source.name,
      source: isLocal ? 'the local gateway' : `the stack ${options.stack}`,
      widgets: widgets.map((widget) => since(widget, from)),
      from,
      to,
    };
  } finally {
    client.destroy();
  }
}

/** Without the points of periods that ended before. */
function since(widget: Drawn, from: number): Drawn {
  const within = widget.series?.map((series) => {
    const points = series.points.filter(([time]) => time + series.period * 1000 > from);
    return { ...series, points };
  });
  return within === undefined ? widget : { ...widget, series: within };
}

/** Where something happens first: expressions fill periods without data with 0. */
function firstData(widgets: readonly Drawn[], to: number): number {
  const first = widgets.flatMap(({ kind, series = [] }) =>
    series.flatMap(({ points, period }) => {
      const point = kind === 'number' || period * 1000 > PERIOD_MS ? undefined : points.find(([, value]) => value > 0);
      return point === undefined ? [] : [point[0]];
    }),
  );
  return Math.min(Math.floor((to - SHORTEST_MS) / PERIOD_MS) * PERIOD_MS, ...first);
}

function jsonOf({ name, from, to, widgets }: DrawnDashboard) {
  const instant = (ms: number) => new Date(ms).toISOString();
  return { name, from: instant(from), to: instant(to), widgets: widgets.map(widgetJson) };
}

function widgetJson({ kind, title, series, states, contributors, error, ...more }: Drawn) {
  const thresholds = 'thresholds' in more ? more.thresholds.map(({ value, label }) => ({ value, label })) : undefined;
  const lines = series?.map(({ label, points }) => ({
    label,
    points: points.map(([time, value]) => [new Date(time).toISOString(), value]),
  }));
  const text = 'markdown' in more ? { markdown: more.markdown } : {};
  return { kind, title, ...text, thresholds, series: lines, alarms: states, contributors, error };
}

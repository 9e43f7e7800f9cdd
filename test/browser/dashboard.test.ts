import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dashboardHtml } from '../../lib/cli/dashboard/page.ts';
import type { Drawn } from '../../lib/cli/dashboard/readData.ts';
import { launchBrowser, openFile } from '../support/browser.ts';

const EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)>" onclick="alert(3)\' & <b>bold</b>';
const TO = Date.UTC(2026, 10, 29, 15);
const FROM = TO - 3_600_000;
const at = (minutes: number, value: number) => [FROM + minutes * 60_000, value] as const;
const place = (y: number, width = 12) => ({ x: 0, y, width });
const graph = { kind: 'graph', queries: [], isStacked: false, unit: 'ms' } as const;
const series = (label: string, ...values: readonly number[]) => ({
  label,
  period: 300,
  points: values.map((value, i) => at(i * 5, value)),
});
const widgets: readonly Drawn[] = [
  {
    ...place(0, 24),
    kind: 'text',
    title: '',
    markdown: '# Notes\n\n[run](https://e.example/a) [no](javascript:alert(4))',
  },
  { ...place(1, 24), kind: 'text', title: '', markdown: `## Health\n${EVIL}` },
  {
    ...place(2),
    kind: 'alarms',
    title: 'Alarms',
    alarms: [],
    states: [
      { name: 'Api-latency', state: 'OK' },
      { name: 'Api-probing', state: 'ALARM', since: FROM },
    ],
  },
  {
    ...place(2, 6),
    kind: 'number',
    title: 'Requests',
    queries: [],
    thresholds: [],
    isStacked: false,
    unit: '',
    series: [series('requests', 5_222)],
  },
  {
    ...place(3),
    ...graph,
    title: 'Latency',
    series: [series('p99', 10, 40, 20), series(EVIL, 1, 2, 3)],
    thresholds: [
      { value: 50, label: 'latency: 50', color: '#d62728' },
      { value: 9_000, label: 'objective: 9000' },
    ],
  },
  {
    ...place(3),
    ...graph,
    isStacked: true,
    title: 'By tier',
    thresholds: [],
    series: [series('free', 1, 2), series('none'), series('paid', 3, 4)],
  },
  { ...place(4), ...graph, title: 'Nothing', thresholds: [], series: [] },
  {
    ...place(5),
    kind: 'contributors',
    title: 'Clients',
    rule: 'r',
    count: 10,
    contributors: [{ keys: [EVIL, 'free'], count: 3 }],
  },
  { ...place(6), kind: 'contributors', title: 'Failed', rule: 'r', count: 10, error: `Denied: ${EVIL}` },
  { ...place(7), kind: 'other', title: 'Log', type: 'log' },
];

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

const open = (options: BrowserContextOptions = {}) =>
  openFile(
    browser,
    dashboardHtml({ name: 'Notes', source: 'the local gateway', widgets, from: FROM, to: TO }),
    options,
  );

describe('the page of a dashboard', () => {
  it('shows alarms that fire first, values, lines with names and thresholds, without scripts, requests or errors', async () => {
    const { page, trouble, requests } = await open({ javaScriptEnabled: false });
    expect(await page.title()).toBe('Dashboard Notes');
    expect(await page.getByRole('heading', { level: 2 }).textContent()).toBe('Notes');
    expect(await page.locator('ul.alarms li b').allTextContents()).toEqual(['probing', 'latency']);
    expect(await page.getByRole('region', { name: 'Requests' }).textContent()).toContain('5,222 requests');
    const latency = page.getByRole('region', { name: 'Latency' });
    expect(await latency.getByRole('img', { name: 'Latency' }).count()).toBe(1);
    expect(await latency.getByRole('row', { name: /^p99/ }).textContent()).toBe('p992040');
    expect(await latency.locator('text.page').textContent()).toBe('latency: 50');
    expect(await latency.locator('text.info').textContent()).toBe('↑ objective: 9000');
    expect(await page.getByRole('region', { name: 'Nothing' }).textContent()).toContain('No data in this time');
    expect(await page.getByRole('region', { name: 'Log' }).textContent()).toContain('not drawn here');
    for (const link of await page.getByRole('navigation', { name: 'Sections' }).getByRole('link').all())
      expect(await page.locator((await link.getAttribute('href')) ?? '#nowhere').count()).toBe(1);
    expect([trouble, requests.length]).toEqual([[], 1]);
  });

  it('shows labels, names and errors as text, whatever is in them, and links to nothing but HTTPS', async () => {
    const { page, trouble, requests } = await open();
    expect(await page.getByRole('region', { name: 'Clients' }).textContent()).toContain(EVIL);
    expect(await page.getByRole('region', { name: 'Failed' }).textContent()).toContain(EVIL);
    expect(await page.locator('script, img:not(svg), [onclick], [onerror], main b:not(li b)').count()).toBe(0);
    const links = await page.locator('main a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    expect(links).toEqual(['https://e.example/a']);
    expect([trouble, requests.length]).toEqual([[], 1]);
  });

  it('stacks lines on each other, and leaves out those without data', async () => {
    const { page } = await open();
    const chart = page.getByRole('img', { name: 'By tier' });
    expect(await chart.locator('.area').count()).toBe(2);
    expect(await chart.locator('circle.c2 title').allTextContents()).toEqual(['paid: 4, 14:00', 'paid: 6, 14:05']);
    expect(await page.getByRole('region', { name: 'By tier' }).getByRole('row').count()).toBe(3);
  });

  it.each(['light', 'dark'] as const)('has its own background in the %s scheme', async (colorScheme) => {
    const { page } = await open({ colorScheme });
    const background = await page.locator('body').evaluate((body) => {
      const { getComputedStyle: styleOf } = globalThis as unknown as {
        getComputedStyle: (element: unknown) => { backgroundColor: string };
      };
      return styleOf(body).backgroundColor;
    });
    expect(background).toBe(colorScheme === 'light' ? 'rgb(245, 246, 248)' : 'rgb(15, 18, 22)');
  });

  it('fits a phone: the page does not scroll sideways', async () => {
    const { page } = await open({ viewport: { width: 360, height: 700 } });
    expect(await page.locator('html').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  });
});

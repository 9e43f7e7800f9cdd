import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessMatrix, accessMatrix } from '../../lib/access/matrix.ts';
import { matrixHtml } from '../../lib/access/matrixHtml.ts';
import { launchBrowser, openFile } from '../support/browser.ts';
import { ledger } from '../support/ledger.ts';

/** What the functions that run in the page use of it; the project itself is compiled without the types of a browser. */
interface Shown {
  readonly parentElement: Shown | null;
}
declare const document: { readonly body: Shown; querySelector(selector: string): Shown | null };
declare const getComputedStyle: (element: unknown) => {
  readonly color: string;
  readonly backgroundColor: string;
  readonly overflowX: string;
};

let browser: Browser;
const matrix = accessMatrix(ledger);

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

const open = (shown: AccessMatrix = matrix, options: BrowserContextOptions = {}) =>
  openFile(browser, matrixHtml(shown), options);

/** What stands in the cell of a route and a role, found as a screen reader does: by the heads of row and column. */
async function cellOf(page: Page, route: string, role: string): Promise<string> {
  const table = page.getByRole('table', { name: 'Routes and roles' });
  const heads = await table.getByRole('columnheader').allTextContents();
  const row = table.getByRole('row').filter({ has: page.getByRole('rowheader', { name: new RegExp(`^${route}\\b`) }) });
  return (await row.locator('th, td').nth(heads.indexOf(role)).textContent()) ?? '';
}

describe('the HTML matrix', () => {
  it('shows who can do what and why, without scripts, requests or errors', async () => {
    const { page, trouble, requests } = await open(matrix, { javaScriptEnabled: false });
    expect(await page.title()).toBe('Access matrix of ledger 1.0.0');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Access matrix of ledger 1.0.0');
    expect(await cellOf(page, 'health', 'member')).toBe('yes');
    expect(await cellOf(page, 'addEntry', 'member')).toBe('no');
    expect(await cellOf(page, 'addEntry', 'treasurer')).toBe('yes treasurer → clerk');
    expect(await cellOf(page, 'listEntries', 'payer')).toBe('yes payer by the default role member');
    expect(await cellOf(page, 'changeEntry', 'clerk')).toBe('own');
    expect(await cellOf(page, 'changeEntry', 'treasurer')).toBe('yes treasurer → clerk');
    expect(await cellOf(page, 'audit', 'needs')).toBe('entry:audit, scope entries.read, scope audit');
    expect(await cellOf(page, 'health', 'needs')).toContain('liveness probe');
    const roles = await page.getByRole('table', { name: 'Roles', exact: true }).textContent();
    expect(roles).toContain('approver-payment:approvepayer, treasurer');
    expect(await page.getByRole('table', { name: 'Scopes' }).textContent()).toContain('Audit the books');
    expect([trouble, requests.length]).toEqual([[], 1]);
  });

  it('can be read by keyboard: a link to skip to the routes, and tables that take the focus to be scrolled', async () => {
    const { page } = await open();
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to the routes' });
    expect(await page.locator(':focus').getAttribute('href')).toBe('#routes-and-roles');
    expect((await skip.boundingBox())?.x).toBeGreaterThanOrEqual(0);
    await page.keyboard.press('Enter');
    expect(page.url()).toMatch(/#routes-and-roles$/);
    const regions = page.getByRole('region');
    const scrollable = await regions.evaluateAll((all) => all.filter(({ tabIndex }) => tabIndex === 0).length);
    expect(scrollable).toBe(await page.getByRole('table').count());
    // Each link of the contents leads somewhere.
    for (const link of await page.getByRole('navigation', { name: 'Sections' }).getByRole('link').all()) {
      expect(await page.locator((await link.getAttribute('href')) ?? '#nowhere').count()).toBe(1);
    }
  });

  it.each(['light', 'dark'] as const)('has a contrast of 4.5 to 1 or better in the %s scheme', async (colorScheme) => {
    const { page } = await open(matrix, { colorScheme });
    const strings = [
      'h1',
      'header p',
      'td.yes b',
      'td.yes small',
      'td.no',
      'tbody th small',
      'thead th',
      'a[href="#roles"]',
    ];
    const ratios = await page.evaluate(contrasts, strings);
    expect(ratios.filter(({ ratio }) => !(ratio >= 4.5))).toEqual([]);
    expect(ratios).toHaveLength(strings.length);
    const background = await page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
    expect(background === 'rgb(255, 255, 255)').toBe(colorScheme === 'light');
  });

  it('fits a phone: the page does not scroll sideways, its tables do', async () => {
    const { page } = await open(matrix, { viewport: { width: 360, height: 700 } });
    const overflow = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(await overflow('html')).toBe(0);
    expect(await overflow('.wide')).toBeGreaterThan(0);
  });

  it('prints without what only a screen needs, and cuts no table', async () => {
    const { page } = await open();
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('navigation').isVisible()).toBe(false);
    const styles = await page.locator('.wide').evaluateAll((all) => all.map((one) => getComputedStyle(one).overflowX));
    expect(new Set(styles)).toEqual(new Set(['visible']));
    expect((await page.pdf({ format: 'A4', landscape: true })).subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('shows reasons as text, whatever is in them', async () => {
    const reason = '<script>alert(1)</script><img src=x onerror=alert(2)>" onclick="alert(3)\' & <b>bold</b>';
    const [first, ...rest] = matrix.rows;
    if (first === undefined) throw new Error('no row');
    const evil = { ...first, route: 'evil', access: { kind: 'public' as const, reason } };
    const { page, trouble, requests } = await open({ ...matrix, api: reason, rows: [evil, ...rest] });
    expect(await cellOf(page, 'evil', 'needs')).toContain(reason);
    expect(await page.locator('script, img, [onclick], [onerror]').count()).toBe(0);
    expect([trouble, requests.length]).toEqual([[], 1]);
  });
});

/** Runs in the page: the contrast of each text with the nearest background behind it (WCAG 2.2, relative luminance). */
function contrasts(selectors: readonly string[]) {
  const parse = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color: string) => {
    const [r = 0, g = 0, b = 0] = parse(color).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return selectors.flatMap((selector) => {
    const element = document.querySelector(selector);
    if (element === null) return [];
    let behind: Shown | null = element;
    while (behind !== null && parse(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
    const colors = [getComputedStyle(element).color, getComputedStyle(behind ?? document.body).backgroundColor];
    const [dark = 0, light = 0] = colors.map(luminance).sort((a, b) => a - b);
    return [{ selector, ratio: (light + 0.05) / (dark + 0.05) }];
  });
}

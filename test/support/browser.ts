import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContextOptions, chromium as playwright } from 'playwright-core';
import { temporaryFolder } from './folders.ts';

/** The package starts the browser without the same-origin policy, with which every page could read everything. */
const UNSAFE = /^--(?:disable-web-security|allow-running-insecure-content|disable-site-isolation-trials)$/;

/** Starts a real browser that keeps pages of different origins apart, as those of people do. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await chromium.executablePath();
  const args = chromium.args.filter((argument) => !UNSAFE.test(argument));
  return playwright.launch({ executablePath, args, headless: true });
}

/** A page that is opened from a file, as people do, and what it asked for or complained of. */
export async function openFile(browser: Browser, html: string, options: BrowserContextOptions = {}) {
  const file = join(temporaryFolder(), 'page.html');
  writeFileSync(file, html);
  const page = await (await browser.newContext(options)).newPage();
  const trouble: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => trouble.push(message.text()));
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('dialog', (dialog) => trouble.push(dialog.message()));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, trouble, requests };
}

import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

/** The package starts the browser without the same-origin policy, with which every page could read everything. */
const UNSAFE = /^--(?:disable-web-security|allow-running-insecure-content|disable-site-isolation-trials)$/;

/** Starts a real browser that keeps pages of different origins apart, as those of people do. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await chromium.executablePath();
  const args = chromium.args.filter((argument) => !UNSAFE.test(argument));
  return playwright.launch({ executablePath, args, headless: true });
}

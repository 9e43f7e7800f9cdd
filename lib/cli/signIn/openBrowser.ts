import { spawn } from 'node:child_process';

type Opener = readonly [command: string, ...args: readonly string[]];

/** The program that opens a URL in the browser, by platform. None of them is a shell, so no character of a URL has a meaning. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, Opener>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};
const DESKTOP: Opener = ['xdg-open'];

/** Opens a URL in the person's browser. Without one, nothing happens: the URL is printed as well. */
export function openBrowser(url: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? DESKTOP;
  const opener = spawn(command, [...args, url], { detached: true, stdio: 'ignore' });
  // Not installed, as on a server.
  opener.once('error', () => undefined);
  opener.unref();
}

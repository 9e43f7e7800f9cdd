import { existsSync, readFileSync } from 'node:fs';

/** The version of this package, from its own `package.json` (two folders up in source, three in `dist`). */
export function packageVersion(): string {
  const candidates = ['../../package.json', '../../../package.json'].map((path) => new URL(path, import.meta.url));
  for (const url of candidates) {
    if (!existsSync(url)) continue;
    const { name, version } = JSON.parse(readFileSync(url, 'utf8')) as { name?: string; version?: string };
    if (name === 'secure-api' && version !== undefined) return version;
  }
  return 'unknown';
}

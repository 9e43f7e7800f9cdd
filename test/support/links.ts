import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './folders.ts';

const SKIPPED = new Set(['node_modules', 'dist', 'cdk.out', 'LICENSE']);
/** Absolute links to files of this repository are checked in the checkout. */
const OWN = /^https:\/\/github\.com\/secure-api\/secure-api\/(?:blob|tree)\/main\//;

/** Every page below a folder. */
export function pages(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (SKIPPED.has(entry.name) || entry.name.startsWith('.')) return [];
    if (entry.isDirectory()) return pages(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Where the links of a page point to. */
export function targetsOf(page: string): readonly string[] {
  return [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
}

/** The links of a page to what is not there, or not below the folder. */
export function brokenLinks(page: string, folder: string): readonly string[] {
  return targetsOf(page).filter((target) => {
    const [file = '', anchor] = target.replace(OWN, '').split('#');
    if (/^(https?|mailto):/.test(file)) return false;
    const path = OWN.test(target) ? join(root, file) : file === '' ? page : join(dirname(page), file);
    if (!existsSync(path) || (!OWN.test(target) && relative(folder, path).startsWith('..'))) return true;
    return anchor !== undefined && !anchors(readFileSync(path, 'utf8')).includes(anchor);
  });
}

/** The anchors of a page: its headings, as GitHub spells them. */
function anchors(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

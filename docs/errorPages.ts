import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROBLEMS, type Problem, problemType } from '../lambdas/shared/problems.ts';

/** A request id. */
const INSTANCE = '0455ed99-ec00-4867-b6c0-d563f30950f0';
/** A section of `errors.md` is a family, and each of its third headings a code. */
const FAMILY = /^## (\w+): (.*)$/;

/** A code as `errors.md` explains it. */
interface Explained {
  readonly family: string;
  readonly means: string;
  readonly code: string;
  readonly text: string;
}

/**
 * A page for each code, by its name under `docs/`; the `type` of a problem document is the address of one. `errors.md` explains
 * the codes, the catalogue of problems has their statuses and titles.
 */
export function errorPages(): Readonly<Record<string, string>> {
  const explained = explainedCodes(readFileSync(join(import.meta.dirname, 'errors.md'), 'utf8'));
  const byCode = Map.groupBy(explained, ({ code }) => code);
  return Object.fromEntries([...byCode].map(([code, entries]) => [`errors/${code}.md`, page(code, entries)]));
}

function explainedCodes(text: string): readonly Explained[] {
  return text.split(/^(?=## )/m).flatMap((section) => {
    const [, family, means] = FAMILY.exec(section.split('\n')[0] ?? '') ?? [];
    if (family === undefined || means === undefined) return [];
    const [, ...entries] = section.split(/^### /m);
    return entries.map((entry) => {
      const [code = '', ...lines] = entry.split('\n');
      return { family, means, code, text: lines.join('\n').trim() };
    });
  });
}

function page(code: string, entries: readonly Explained[]): string {
  const parts = entries.map(({ family, means, text }) =>
    [`**${family}**: ${means}.`, '', fromBelow(text), ...(family === 'HttpProblem' ? ['', ...example(code)] : [])]
      .join('\n')
      .trim(),
  );
  return `# ${code}\n\n${parts.join('\n\n')}\n\n[All errors](../errors.md)\n`;
}

/** Links to pages of `docs` as a page of `docs/errors` writes them. */
function fromBelow(text: string): string {
  return text.replaceAll(/\]\((?=[\w-]+\.md)/g, '](../').replaceAll('](#', '](../errors.md#');
}

/** The members that every response with this code has; the web ACL does not know the request id. */
function example(code: string): readonly string[] {
  const problem = Object.entries<Problem>(PROBLEMS).find(([known]) => known === code)?.[1];
  if (problem === undefined) return [];
  const members = {
    type: problemType(code),
    title: problem.title,
    status: problem.status,
    ...((problem.runtime ?? problem.authorizer ?? problem.gateway) ? { instance: INSTANCE } : {}),
    code,
  };
  return ['```json', JSON.stringify(members, null, 2), '```'];
}

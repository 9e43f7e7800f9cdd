/**
 * `npm run docs`: writes what is generated from the sample's definition and stack, from `errors.md`, from the lists of schema constructs,
 * from those of the preflight, and from the committed figures of the bench. With `--check` it writes nothing and fails when
 * a committed file differs.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { documents } from '../lambdas/documents/api.ts';
import { accessMatrix, matrixMarkdown } from '../lib/access/index.ts';
import { publicOpenApi } from '../lib/openapi/index.ts';
import { alarmedVariants, edgeVariants, STACK, synthesizeVariant, variants } from '../test/support/variants.ts';
import { alarmsPage } from './alarmsPage.ts';
import { costPage } from './costPage.ts';
import { errorPages } from './errorPages.ts';
import { iamPage } from './iamPage.ts';
import { committedFigures, performancePages } from './performancePage.ts';
import { preflightPage } from './preflightPage.ts';
import { schemasPage } from './schemasPage.ts';

/** Every generated page with its text. */
export function generatedDocs(): Readonly<Record<string, string>> {
  return {
    'access-matrix.md': ended(matrixMarkdown(accessMatrix(documents))),
    'openapi.json': ended(JSON.stringify(publicOpenApi(documents), null, 2)),
    'preflight.md': ended(preflightPage()),
    'schemas.md': ended(schemasPage()),
    ...performancePages(committedFigures()),
    ...errorPages(),
  };
}

/** The page of permissions, of the sample's assembly. It synthesizes the stack with every prop. */
export function generatedIam(sample: string): string {
  const { everything = {} } = variants;
  return ended(
    iamPage({
      sample: [sample, 'Documents'],
      everything: [synthesizeVariant(everything), STACK],
      edge: [synthesizeVariant(edgeVariants.CloudFront), STACK],
    }),
  );
}

/** The page of alarms, of stacks that together have all of them. */
export function generatedAlarms(): string {
  // The alarms of objectives have the names of groups of routes.
  const named = alarmedVariants.filter((variant) => variant !== variants['objectives']);
  const assemblies = named.map((variant) => {
    const folder = synthesizeVariant(variant);
    const files = readdirSync(folder).filter((name) => name.endsWith('.template.json'));
    return files.map((name) => readFileSync(join(folder, name), 'utf8'));
  });
  const thresholds = readFileSync(join(import.meta.dirname, '../lib/construct/monitoring/thresholds.ts'), 'utf8');
  return ended(alarmsPage(assemblies, thresholds));
}

/** The page of costs, of the sample's assembly. */
export function generatedCosts(sample: string): string {
  const files = readdirSync(sample).filter((name) => name.endsWith('.template.json'));
  const templates = files.map((name) => readFileSync(join(sample, name), 'utf8'));
  return ended(costPage(templates, Object.keys(documents.routes).length, Object.keys(documents.tiers).length));
}

/** Synthesizes the sample. */
function synthesizeSample(): string {
  const folder = mkdtempSync(join(tmpdir(), 'secure-api-docs-'));
  const env = { ...process.env, CDK_OUTDIR: folder };
  execFileSync(process.execPath, ['bin/app.ts'], { cwd: join(import.meta.dirname, '..'), env, stdio: 'ignore' });
  return folder;
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** Pages of codes that no longer exist. */
export function stalePages(): readonly string[] {
  const pages = generatedDocs();
  const folder = join(import.meta.dirname, 'errors');
  const found = existsSync(folder) ? readdirSync(folder).map((name) => `errors/${name}`) : [];
  return found.filter((name) => !Object.hasOwn(pages, name));
}

if (import.meta.main) {
  const check = process.argv.includes('--check');
  const pathOf = (name: string) => join(import.meta.dirname, name);
  const sample = synthesizeSample();
  const ofSample = { 'cost.md': generatedCosts(sample), 'iam.md': generatedIam(sample) };
  const pages = { ...generatedDocs(), 'alarms.md': generatedAlarms(), ...ofSample };
  const wrong = Object.entries(pages).filter(([name, text]) => {
    if (check) return !existsSync(pathOf(name)) || readFileSync(pathOf(name), 'utf8') !== text;
    mkdirSync(dirname(pathOf(name)), { recursive: true });
    writeFileSync(pathOf(name), text);
    return false;
  });
  if (!check) for (const name of stalePages()) rmSync(pathOf(name));
  for (const name of [...wrong.map(([page]) => page), ...stalePages()]) {
    process.stderr.write(`docs/${name} is outdated: run npm run docs\n`);
    process.exitCode = 1;
  }
}

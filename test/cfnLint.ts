/**
 * `npm run lint:cfn`: synthesizes every variant and the sample, and fails on any finding of cfn-lint. cfn-lint is a Python
 * package (`pip install cfn-lint`), so this is no part of `npm test`. `cfnlintrc.yaml` has the rules that do not apply.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, temporaryFolder } from './support/folders.ts';
import { edgeVariants, STACK, synthesizeVariant, variants } from './support/variants.ts';

/** Regions whose resource types and values are checked: two of the most common, and one of AWS GovCloud. */
const REGIONS = ['us-east-1', 'eu-central-1', 'us-gov-west-1'];

/** Where CloudFront's types are. */
const EDGE_REGION = 'us-east-1';

const folder = temporaryFolder();
try {
  const templates = writeTemplates(folder);
  // CloudFormation has no budgets in AWS GovCloud.
  const hasBudget = (path: string) => readFileSync(path, 'utf8').includes('AWS::Budgets::Budget');
  const status =
    lint(
      templates.filter((path) => !hasBudget(path)),
      REGIONS,
    ) ||
    lint(
      templates.filter(hasBudget),
      REGIONS.filter((region) => !region.startsWith('us-gov-')),
    );
  process.exitCode = status || lint(writeEdgeTemplates(join(folder, 'edge')), [EDGE_REGION]);
} finally {
  rmSync(folder, { recursive: true });
}

/** Writes the template of each variant, named after it. */
function writeTemplates(to: string): readonly string[] {
  const paths = Object.entries(variants).map(([name, variant]) => {
    const assembly = synthesizeVariant(variant);
    const path = join(to, `${name.replaceAll(' ', '-')}.template.json`);
    cpSync(join(assembly, `${STACK}.template.json`), path);
    rmSync(assembly, { recursive: true });
    return path;
  });
  const sample = join(to, 'sample');
  execFileSync(process.execPath, ['bin/app.ts'], { cwd: root, env: { ...process.env, CDK_OUTDIR: sample } });
  return [...paths, join(sample, 'Documents.template.json')];
}

/** Writes the templates of all stacks of each API behind CloudFront. */
function writeEdgeTemplates(to: string): readonly string[] {
  return Object.entries(edgeVariants).flatMap(([name, variant]) => {
    const assembly = synthesizeVariant(variant);
    const found = readdirSync(assembly).filter((file) => file.endsWith('.template.json'));
    const paths = found.map((file) => join(to, `${name.replaceAll(' ', '-')}-${file}`));
    for (const [i, path] of paths.entries()) cpSync(join(assembly, found[i] ?? ''), path);
    rmSync(assembly, { recursive: true });
    return paths;
  });
}

function lint(templates: readonly string[], regions: readonly string[]): number {
  const args = [
    '--config-file',
    join(import.meta.dirname, 'cfnlintrc.yaml'),
    '--regions',
    ...regions,
    '--',
    ...templates,
  ];
  const { status, error } = spawnSync('cfn-lint', args, { stdio: 'inherit' });
  if (error !== undefined) process.stderr.write(`cfn-lint did not start (${error.message}): pip install cfn-lint\n`);
  else if (status === 0) process.stdout.write(`cfn-lint found nothing in ${templates.length} templates.\n`);
  return status ?? 1;
}

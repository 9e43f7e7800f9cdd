/**
 * `npm run sslyze`: sslyze, a scanner of TLS servers, compares the local gateway with Mozilla's recommended configurations: the default
 * (`tls: 'modern'`) with "modern", `tls: 'compatible'` with "intermediate". It is not part of `npm test`.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SecureApiProps } from '../../lib/construct/index.ts';
import { root } from '../support/folders.ts';
import { type Ready, startGateway } from '../support/gateway.ts';
import { synthesizeVariant } from '../support/variants.ts';
import { type ScanReport, versionsIn } from './scanReport.ts';

const run = promisify(execFile);
const CACHE = join(root, '.secure-api', 'sslyze');
const VENV = join(CACHE, 'venv');
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

interface Row {
  readonly tls: SecureApiProps['tls'];
  /** https://ssl-config.mozilla.org */
  readonly profile: 'modern' | 'intermediate';
  readonly versions: readonly string[];
}

const ROWS: readonly Row[] = [
  { tls: 'modern', profile: 'modern', versions: ['1.3'] },
  { tls: 'compatible', profile: 'intermediate', versions: ['1.2', '1.3'] },
];

process.exitCode = await main();

async function main(): Promise<number> {
  await install();
  let failed = 0;
  for (const row of ROWS) {
    const faults = await scan(row);
    failed += faults.length;
    process.stdout.write(
      `tls: '${row.tls}', Mozilla's ${row.profile} profile: ${faults.length === 0 ? 'compliant' : 'not compliant'}\n`,
    );
    for (const fault of faults) process.stdout.write(`  ${fault}\n`);
  }
  return failed === 0 ? 0 : 1;
}

/** Installs the pinned scanner into a virtual environment of this folder, unless it is there already. */
async function install(): Promise<void> {
  const marker = join(VENV, 'installed.txt');
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  rmSync(VENV, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  await run('python3', ['-m', 'venv', VENV]);
  const options = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes'];
  await run(join(VENV, 'bin', 'python'), [...options, '--requirement', REQUIREMENTS]);
  writeFileSync(marker, wanted);
}

/** Serves an API with a TLS policy, and returns what differs from the profile. */
async function scan({ tls, profile, versions }: Row): Promise<readonly string[]> {
  const assembly = synthesizeVariant({ props: { tls } });
  const gateway = await startGateway({ assembly });
  try {
    const { text, report } = await sslyze(gateway.ready, profile);
    const accepted = versionsIn(report);
    const wrong =
      accepted.join() === versions.join() ? [] : [`accepts TLS ${accepted.join(', ')}, not ${versions.join(', ')}`];
    const isCompliant = /: OK - Compliant/.test(text);
    const [, issues = 'no result'] = /FAILED - Not compliant\.\s*([\s\S]*)/.exec(text) ?? [];
    return [
      ...wrong,
      ...(isCompliant
        ? []
        : issues
            .trim()
            .split(/\s*\n\s*/)
            .map((issue) => issue.replace(/^\* /, ''))),
    ];
  } finally {
    await gateway.stop();
    rmSync(assembly, { recursive: true });
  }
}

async function sslyze({ url, ca }: Ready, profile: Row['profile']): Promise<{ text: string; report: ScanReport }> {
  const json = join(CACHE, 'scan.json');
  const options = [`--mozilla_config=${profile}`, '--certinfo_ca_file', ca, '--json_out', json, new URL(url).host];
  // The exit code is 1 when the server is not compliant.
  const { stdout } = await run(join(VENV, 'bin', 'sslyze'), options, { timeout: 120_000 }).catch(
    (error: { readonly stdout?: string }) => {
      if (error.stdout) return { stdout: error.stdout };
      throw error;
    },
  );
  return { text: stdout, report: JSON.parse(readFileSync(json, 'utf8')) as ScanReport };
}

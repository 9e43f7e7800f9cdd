/**
 * `npm run sslyze`: sslyze, a scanner of TLS servers, compares the local gateway with Mozilla's recommended configurations: the default
 * (`tls: 'modern'`) with "modern", `tls: 'compatible'` with "intermediate". It is not part of `npm test`.
 */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SecureApiProps } from '../../lib/construct/index.ts';
import { type Ready, startGateway } from '../support/gateway.ts';
import { type PythonTool, pythonTool } from '../support/pythonTool.ts';
import { synthesizeVariant } from '../support/variants.ts';
import { type ScanReport, versionsIn } from './scanReport.ts';

const run = promisify(execFile);
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
  const tool = await pythonTool('sslyze', REQUIREMENTS);
  let failed = 0;
  for (const row of ROWS) {
    const faults = await scan(row, tool);
    failed += faults.length;
    process.stdout.write(
      `tls: '${row.tls}', Mozilla's ${row.profile} profile: ${faults.length === 0 ? 'compliant' : 'not compliant'}\n`,
    );
    for (const fault of faults) process.stdout.write(`  ${fault}\n`);
  }
  return failed === 0 ? 0 : 1;
}

/** Serves an API with a TLS policy, and returns what differs from the profile. */
async function scan({ tls, profile, versions }: Row, tool: PythonTool): Promise<readonly string[]> {
  const assembly = synthesizeVariant({ props: { tls } });
  const gateway = await startGateway({ assembly });
  try {
    const { text, report } = await sslyze(tool, gateway.ready, profile);
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

async function sslyze(
  { cache, command }: PythonTool,
  { url, ca }: Ready,
  profile: Row['profile'],
): Promise<{ text: string; report: ScanReport }> {
  const json = join(cache, 'scan.json');
  const options = [`--mozilla_config=${profile}`, '--certinfo_ca_file', ca, '--json_out', json, new URL(url).host];
  // The exit code is 1 when the server is not compliant.
  const { stdout } = await run(command('sslyze'), options, { timeout: 120_000 }).catch(
    (error: { readonly stdout?: string }) => {
      if (error.stdout) return { stdout: error.stdout };
      throw error;
    },
  );
  return { text: stdout, report: JSON.parse(readFileSync(json, 'utf8')) as ScanReport };
}

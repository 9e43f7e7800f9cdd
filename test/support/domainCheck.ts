/** Runs `secure-api domain check` at the servers of a test, with a CA of the test. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Finding } from '../../lib/cli/domain/observe/facts.ts';
import { makeCa, makeServer } from './certificates.ts';
import { der } from './der.ts';
import { root, temporaryFolder } from './folders.ts';
import { cli } from './gateway.ts';

export const folder = temporaryFolder();
export const ca = await makeCa();
/** A certificate without a fault. */
export const good = await makeServer(ca);
export const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, ca.cert);

/** The limit for each connection of a check. */
export const SECONDS = 2;

export interface CheckResult {
  readonly code: number;
  readonly stdout: string;
  readonly findings: readonly Finding[];
  /** Of all findings. */
  readonly codes: readonly string[];
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
  readonly unchecked: readonly string[];
  readonly seconds: number;
}

/** Checks a port of `localhost`, or a URL, and reads the report. */
export async function check(
  target: number | string,
  more: readonly string[] = [],
  trust: readonly string[] = ['--ca', caFile],
  environment: Readonly<Record<string, string>> = {},
): Promise<CheckResult> {
  const started = Date.now();
  const url = typeof target === 'number' ? `https://localhost:${target}` : target;
  const args = ['domain', 'check', url, '--json', '--timeout', String(SECONDS), ...trust, ...more];
  const { code, stdout, stderr } = await cli(args, root, undefined, '', environment);
  if (stdout === '') throw new Error(stderr);
  const { endpoints } = JSON.parse(stdout) as {
    endpoints: { findings: Finding[]; addresses: { findings: Finding[] }[] }[];
  };
  const findings = endpoints.flatMap((one) => [...one.findings, ...one.addresses.flatMap((each) => each.findings)]);
  for (const finding of findings) expectPlain(finding);
  const codes = (severity: string) => findings.filter((one) => one.severity === severity).map((one) => one.code);
  return {
    code,
    stdout,
    findings,
    codes: findings.map((one) => one.code),
    faults: codes('fault'),
    warnings: codes('warning'),
    unchecked: codes('unchecked'),
    seconds: (Date.now() - started) / 1000,
  };
}

/** Every finding names host and port, and has no code of a library outside parentheses. */
function expectPlain({ found, expected, fix }: Finding): void {
  expect(found).toMatch(/(?:^|\s)(?:[a-z0-9.-]+|\[[0-9a-f:]+\]):\d+/i);
  const outside = [found, expected, fix].join('\n').replaceAll(/\([^()]*\)/g, '');
  expect(outside).not.toMatch(/\b(?:(?!ECDSA)E[A-Z]{4,}|(?!TLS_)[A-Z]{3,}_[A-Z_]+)\b/);
}

/** The extension that names an OCSP responder or the certificate of the issuer (RFC 5280, section 4.2.2.1). */
export function access(kind: 'ocsp' | 'issuer', url: string) {
  const oid = der.value(0x06, Buffer.from(kind === 'ocsp' ? '2b06010505073001' : '2b06010505073002', 'hex'));
  return { oid: '1.3.6.1.5.5.7.1.1', value: der.sequence(der.sequence(oid, der.value(0x86, Buffer.from(url)))) };
}

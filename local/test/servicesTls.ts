import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StackModel } from '../assembly/model.ts';
import { type LocalTls, localTls } from '../services/certificates.ts';

/** A CA and a certificate for localhost, made for one test. */
export type TestTls = LocalTls;

export function testTls(): Promise<TestTls> {
  return localTls(temporaryDirectory());
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'secure-api-services-'));
}

/** Writes a CA to a file and gives its path, as `Ready.ca` has it. */
export function caFile(directory: string, caPem: string): string {
  const path = join(directory, 'ca.pem');
  writeFileSync(path, caPem);
  return path;
}
/** A stack with nothing in it, and what the test adds. */
export function stackOf(parts: Partial<StackModel> = {}): StackModel {
  return {
    name: 'Test',
    region: 'eu-central-1',
    account: '111111111111',
    apis: [],
    functions: [],
    usagePlans: [],
    apiKeys: [],
    tables: [],
    buckets: [],
    topics: [],
    alarms: [],
    metricFilters: [],
    secrets: [],
    userPools: [],
    emulationGaps: [],
    ...parts,
  };
}

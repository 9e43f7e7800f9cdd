import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { type LocalTls, localTls } from '../../services/certificates.ts';

/** A CA and a certificate for localhost, made for one test. */
export type TestTls = LocalTls;

export function testTls(): Promise<TestTls> {
  return localTls(temporaryFolder());
}

/** Writes a CA to a file and gives its path, as `Ready.ca` has it. */
export function caFile(directory: string, caPem: string): string {
  const path = join(directory, 'ca.pem');
  writeFileSync(path, caPem);
  return path;
}

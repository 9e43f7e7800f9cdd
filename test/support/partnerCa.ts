import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { cli, type RunningGateway } from './gateway.ts';

/** A certificate that the command has issued. */
export interface IssuedCertificate {
  readonly cert: string;
  readonly key: string;
  readonly file: string;
}

/** Issues a certificate of the CA in a folder, as a person would. */
export async function issueCertificate(
  folder: string,
  name: string,
  ...more: readonly string[]
): Promise<IssuedCertificate> {
  const { stdout, stderr } = await cli(['certs', 'issue', name, '--dir', folder, '--json', ...more]);
  if (stdout === '') throw new Error(stderr);
  const { certificate, key } = JSON.parse(stdout) as { certificate: string; key: string };
  return { cert: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8'), file: certificate };
}

/** Runs a command of the CA in a folder, which publishes its list to a gateway. */
export async function publishList(
  folder: string,
  { ready }: RunningGateway,
  ...args: readonly string[]
): Promise<void> {
  const { code, stderr } = await cli(['certs', ...args, '--dir', folder, '--publish', '--local', '--data', ready.data]);
  expect([code, stderr]).toEqual([0, expect.anything()]);
}

import type { X509Certificate } from 'node:crypto';
import type { Finding } from '../observe/facts.ts';

type Texts = Pick<Finding, 'found' | 'expected' | 'fix'>;

/** A fault: the command exits with a code of its own. */
export function fault(code: string, texts: Texts): Finding {
  return { code, severity: 'fault', ...texts };
}

/** A warning: nothing is wrong yet, or it cannot be known here. */
export function warning(code: string, texts: Texts): Finding {
  return { code, severity: 'warning', ...texts };
}

/** Something that the command could not examine. */
export function unchecked(code: string, texts: Texts): Finding {
  return { code, severity: 'unchecked', ...texts };
}

/** How a certificate is called in a finding: by its subject, on one line. */
export function nameOf({ subject, serialNumber }: X509Certificate): string {
  return subject ? subject.split('\n').reverse().join(', ') : `serial number ${serialNumber}`;
}

/** A moment in UTC, to the second. */
export function momentOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

import type { Check } from '../observe/facts.ts';
import { certificateAt, fault, momentOf, warning } from './finding.ts';

const DAY_MS = 86_400_000;
/** Certificates of public CAs are renewed 30 days before their end; short ones earlier than that. */
const DEFAULT_DAYS = 30;
const SHARE_OF_LIFETIME = 0.2;

/** Each certificate of the path is valid now, and the first of them for a while. */
export const validity: Check = (facts, { days }) =>
  (facts.path?.certificates ?? []).flatMap((certificate) => {
    const { now } = facts;
    const { validFromDate: from, validToDate: to } = certificate;
    const name = certificateAt(facts, certificate);
    const span = `from ${momentOf(from)} to ${momentOf(to)}`;
    // A date that cannot be read is none that clients accept.
    if (!(to >= now)) {
      const fix = 'Renew it. With ACM, check that the validation record still exists.';
      return [
        fault('lapsed', {
          found: `${name} expired at ${momentOf(to)}`,
          expected: 'a certificate that is valid now',
          fix,
        }),
      ];
    }
    if (!(from <= now)) {
      const fix = 'Wait, serve the previous certificate, or correct the clock of the CA or of this machine.';
      return [
        fault('not-yet-valid', { found: `${name} is valid ${span}`, expected: 'a certificate that is valid now', fix }),
      ];
    }
    const lifetime = (to.getTime() - from.getTime()) / DAY_MS;
    const left = (to.getTime() - now.getTime()) / DAY_MS;
    const wanted = days ?? Math.min(DEFAULT_DAYS, lifetime * SHARE_OF_LIFETIME);
    if (left >= wanted) return [];
    return [
      warning('lapses-soon', {
        found: `${name} expires at ${momentOf(to)}, in ${left.toFixed(1)} days`,
        expected: `at least ${Number(wanted.toFixed(1))} days`,
        fix: 'Renew it, and find out why that has not happened by itself.',
      }),
    ];
  });

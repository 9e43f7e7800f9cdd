import type { Fault } from '../errors.ts';
import type { Roles } from '../roles.ts';
import { shown } from './shown.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;
const LONGEST_REVIEW_DAYS = 366;

/** The review must have a real date and a period that is not an evasion. */
export function reviewDateFault(roles: Roles | undefined): readonly Fault[] {
  const reviewed = roles?.reviewed;
  const days = roles?.reviewEveryDays;
  const faults: Fault[] = [];
  if (typeof reviewed !== 'string' || !DATE.test(reviewed) || !isRealDate(reviewed)) {
    faults.push({
      code: 'review-date-invalid',
      place: 'roles.reviewed',
      found: shown(reviewed),
      expected: 'the date of the last review, YYYY-MM-DD',
      mend: 'Review who can do what (secure-api access matrix) and write the day it was done.',
    });
  }
  if (!Number.isInteger(days) || Number(days) < 1 || Number(days) > LONGEST_REVIEW_DAYS) {
    faults.push({
      code: 'review-date-invalid',
      place: 'roles.reviewEveryDays',
      found: shown(days),
      expected: `whole days from 1 to ${LONGEST_REVIEW_DAYS}`,
      mend: 'Leave it out for 90 days, or name a period that an auditor accepts.',
    });
  }
  return faults;
}

/** A fault when the review is overdue on `today`: a warning, or an error with `strict`. */
export function reviewFault(roles: Roles, today: Date): Fault | undefined {
  const due = Date.parse(roles.reviewed) + roles.reviewEveryDays * DAY_MS;
  if (!(today.getTime() > due)) return undefined;
  return {
    code: 'review-overdue',
    place: 'roles.reviewed',
    found: `last reviewed ${roles.reviewed}, due ${new Date(due).toISOString().slice(0, 10)}`,
    expected: `a review every ${roles.reviewEveryDays} days`,
    mend: 'Read the access matrix with the owner of the data, mend the roles, and write today’s date.',
  };
}

/** `Date.parse` rolls 2026-02-31 over into March; a date that does not survive the round trip is not one. */
function isRealDate(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

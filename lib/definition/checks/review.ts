import type { Api } from '../api.ts';
import { contentHash } from '../contentHash.ts';
import type { Fault } from '../fault.ts';
import type { Roles } from '../roles.ts';
import { formatValue, isCalendarDate } from './check.ts';

const DAY_MS = 86_400_000;
const LONGEST_REVIEW_DAYS = 366;
const CONTENT_HASH = /^sha256:[0-9a-f]{64}$/;
const LONGEST_REVIEWER = 200;

/** The review must have a real date and a period of at most a year. */
export function reviewDateFault(roles: Roles | undefined): readonly Fault[] {
  const reviewed = roles?.reviewed;
  const days = roles?.reviewEveryDays;
  const faults: Fault[] = [];
  if (!isCalendarDate(reviewed)) {
    faults.push({
      code: 'review-date-invalid',
      location: 'roles.reviewed',
      found: formatValue(reviewed),
      expected: 'the date of the last review, YYYY-MM-DD',
      fix: 'Review who is allowed to do what (secure-api access matrix), and write the date of that day.',
    });
  }
  if (!Number.isInteger(days) || Number(days) < 1 || Number(days) > LONGEST_REVIEW_DAYS) {
    faults.push({
      code: 'review-date-invalid',
      location: 'roles.reviewEveryDays',
      found: formatValue(days),
      expected: `whole days from 1 to ${LONGEST_REVIEW_DAYS}`,
      fix: 'Remove it for 90 days, or choose a period that an auditor accepts.',
    });
  }
  return [...faults, ...recordFaults(roles)];
}

function recordFaults(roles: Roles | undefined): readonly Fault[] {
  const faults: Fault[] = [];
  const { reviewer, contentHash: hash } = roles ?? {};
  const isName = typeof reviewer === 'string' && reviewer.trim() !== '' && reviewer.length <= LONGEST_REVIEWER;
  if (reviewer !== undefined && !isName) {
    faults.push({
      code: 'review-record-invalid',
      location: 'roles.reviewer',
      found: formatValue(reviewer),
      expected: `a name of 1 to ${LONGEST_REVIEWER} characters`,
      fix: 'Name who is responsible for the review: secure-api access review --reviewer NAME.',
    });
  }
  if (hash !== undefined && !(typeof hash === 'string' && CONTENT_HASH.test(hash))) {
    faults.push({
      code: 'review-record-invalid',
      location: 'roles.contentHash',
      found: formatValue(hash),
      expected: '"sha256:" and 64 hexadecimal digits',
      fix: 'Let secure-api access review --reviewer NAME write it.',
    });
  }
  return faults;
}

/** When the roles have to be reviewed again: the first moment, UTC, at which the review is overdue. */
export function reviewDue({ reviewed, reviewEveryDays }: Pick<Roles, 'reviewed' | 'reviewEveryDays'>): Date {
  return new Date(Date.parse(reviewed) + reviewEveryDays * DAY_MS);
}

/** What is wrong with the review of a checked API on `today`: warnings, or errors with `strict`. */
export function reviewFaults(api: Api, today: Date): readonly Fault[] {
  return [...overdueFaults(api.roles, today), ...outdatedFaults(api)];
}

function overdueFaults(roles: Roles, today: Date): readonly Fault[] {
  const due = reviewDue(roles);
  if (today <= due) return [];
  return [
    {
      code: 'review-overdue',
      location: 'roles.reviewed',
      found: `last reviewed ${roles.reviewed}, due ${due.toISOString().slice(0, 10)}`,
      expected: `a review every ${roles.reviewEveryDays} days`,
      fix: 'Read the access matrix with the owner of the data, correct the roles, and write today’s date (secure-api access review).',
    },
  ];
}

function outdatedFaults(api: Api): readonly Fault[] {
  const reviewed = api.roles.contentHash;
  const now = contentHash(api);
  if (reviewed === undefined || reviewed === now) return [];
  return [
    {
      code: 'review-outdated',
      location: 'roles.contentHash',
      found: now,
      expected: `${reviewed}, which ${api.roles.reviewer ?? 'somebody'} reviewed on ${api.roles.reviewed}`,
      fix: 'Compare the changes (secure-api access diff), then review again.',
    },
  ];
}

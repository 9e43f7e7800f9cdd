import type { Api } from '../../definition/api.ts';
import { all, any, methodStatement } from './paths.ts';
import type { RuleDraft, Statement } from './rules.ts';

/** Bytes of a body that WAF looks at in front of API Gateway. */
const INSPECTED_BYTES = 16_384;
/** Some clients send `{}` where no body belongs; nobody sends a kilobyte by mistake. */
const TOLERATED_BYTES = 1_024;
/** HTTP gives a body no meaning with the others (RFC 9110), and the definition allows none there. */
const METHODS_WITH_BODY = ['POST', 'PUT', 'PATCH'];

/**
 * Refuses bodies that no route takes, before anything reads them: any on a method without one, and those above the largest
 * `maxBodyBytes` as far as WAF sees it. What WAF cannot see, the handlers refuse, also with 413.
 */
export function bodyDraft(api: Api): RuleDraft {
  const taking = Object.values(api.routes).filter(({ request }) => request.body !== undefined);
  const largest = Math.max(0, ...taking.map(({ maxBodyBytes }) => maxBodyBytes));
  const withBody = methodStatement(METHODS_WITH_BODY);
  const withoutBody: Statement = { notStatement: { statement: withBody } };
  const strays = all([withoutBody, largerThan(TOLERATED_BYTES)]);
  return {
    name: 'oversized-bodies',
    statement: largest < INSPECTED_BYTES ? any([strays, largerThan(Math.max(largest, TOLERATED_BYTES))]) : strays,
    answer: {
      key: 'oversized',
      problem: {
        title: 'Payload too large',
        status: 413,
        detail: 'The body is larger than any route takes.',
        code: 'payload-too-large',
      },
    },
  };
}

function largerThan(size: number): Statement {
  return {
    sizeConstraintStatement: {
      // A body that WAF does not see the end of is larger than what it sees.
      fieldToMatch: { body: { oversizeHandling: 'MATCH' } },
      comparisonOperator: 'GT',
      size,
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  };
}

import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Api } from '../../definition/api.ts';
import { fileRoutes, outsideOf } from './fileRules.ts';
import { all, any, methodStatement } from './paths.ts';
import type { RuleDraft, Statement } from './rules.ts';

const KB = 1024;
/**
 * How much of a body WAF can be told to look at; above the first, each request that is so large costs more.
 * https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-setting-body-inspection-limit.html
 */
const INSPECTED_KB = [16, 32, 48, 64] as const;
const MOST_INSPECTED_BYTES = 64 * KB;
/** Some clients send `{}` where no body belongs; nobody sends a kilobyte by mistake. */
const TOLERATED_BYTES = 1_024;
/** HTTP gives a body no meaning with the others (RFC 9110), and the definition allows none there. */
const METHODS_WITH_BODY = ['POST', 'PUT', 'PATCH'];

/** As much of a body is inspected as the routes take, up to what WAF can. */
export function bodyInspection(api: Api): CfnWebACL.AssociationConfigProperty {
  const needed = INSPECTED_KB.find((kb) => kb * KB >= largestBody(api)) ?? 64;
  return { requestBody: { API_GATEWAY: { defaultSizeInspectionLimit: `KB_${needed}` } } };
}

/** Bytes of the largest body that some route takes; 0 when none takes one. */
function largestBody(api: Api): number {
  const taking = Object.values(api.routes).filter(({ request }) => request.body !== undefined);
  return Math.max(0, ...taking.map(({ input }) => input.maxBodyBytes));
}

/**
 * Refuses bodies that no route takes, before anything reads them: any on a method without one, and those above the largest
 * `maxBodyBytes`. The managed rules look at the first part of a body and let the rest pass, so nothing may be larger than
 * that part, unless a route declares so: then its validators are the only ones that see all, and the handler says 413.
 * Files are larger than WAF can see, and judged by the function.
 */
export function bodyDraft(api: Api, stageName: string): RuleDraft {
  const largest = largestBody(api);
  const withBody = methodStatement(METHODS_WITH_BODY);
  const withoutBody: Statement = { notStatement: { statement: withBody } };
  const strays = all([withoutBody, largerThan(TOLERATED_BYTES)]);
  const files = fileRoutes(Object.values(api.routes));
  const elsewhere = files.length === 0 ? [] : [outsideOf(files, stageName)];
  const oversized = all([largerThan(Math.max(largest, TOLERATED_BYTES)), ...elsewhere]);
  return {
    name: 'oversized-bodies',
    statement: largest <= MOST_INSPECTED_BYTES ? any([strays, oversized]) : strays,
    response: { key: 'oversized' },
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

import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Api } from '../../definition/api.ts';
import { fileRoutes, outsideOf, takesBytes } from './fileRules.ts';
import { all, any, methodStatement } from './paths.ts';
import type { RuleDraft, Statement } from './rules.ts';

const KB = 1024;
/**
 * Kilobytes of a body that WAF can inspect. A request above the first size costs more.
 * https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-setting-body-inspection-limit.html
 */
const INSPECTED_KB = [16, 32, 48, 64] as const;
const MOST_INSPECTED_BYTES = 64 * KB;
/** Some clients send `{}` where no body belongs; none sends a kilobyte by mistake. */
const TOLERATED_BYTES = 1_024;
/** With other methods a body has no meaning in HTTP (RFC 9110), and the definition allows none. */
const METHODS_WITH_BODY = ['POST', 'PUT', 'PATCH'];

/** Has WAF inspect bodies up to the largest that a route takes, as far as WAF can. */
export function bodyInspection(api: Api): CfnWebACL.AssociationConfigProperty {
  const needed = INSPECTED_KB.find((kb) => kb * KB >= largestBody(api)) ?? 64;
  return { requestBody: { API_GATEWAY: { defaultSizeInspectionLimit: `KB_${needed}` } } };
}

/** Bytes of the largest body that a route takes; 0 when no route takes one. */
function largestBody(api: Api): number {
  const taking = Object.values(api.routes).filter(
    ({ request, body }) => request.body !== undefined || (body !== undefined && !takesBytes(body)),
  );
  return Math.max(0, ...taking.map(({ input }) => input.maxBodyBytes));
}

/**
 * Rejects bodies that no route takes, before anything reads them: any body on a method without one, and bodies above the
 * largest `maxBodyBytes`. The managed rules inspect only the first part of a body, so a larger body is rejected unless a
 * route declares it: then only its validators see all of it, and the handler returns 413. Files and raw bytes are larger than WAF
 * can inspect; the function limits them.
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
      // A body whose end WAF does not see is larger than what it inspects.
      fieldToMatch: { body: { oversizeHandling: 'MATCH' } },
      comparisonOperator: 'GT',
      size,
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  };
}

import { isRecord } from '../../../lambdas/shared/json.ts';
import type { Quota, QuotaValue } from '../facts/quotas.ts';
import { error, ok, warning } from '../finding.ts';
import type { CheckContext, Result } from './context.ts';

/** Above this share of a quota, somebody should know. */
const NEAR = 0.9;

/** How much of a quota is used, and what the deployment adds. */
export interface QuotaUse {
  readonly quota: Quota;
  readonly value: QuotaValue;
  readonly used: number;
  readonly added: number;
}

/** Reports a deployment for which a quota has no room. */
export function checkQuota({ region }: CheckContext, { quota, value, used, added }: QuotaUse): readonly Result[] {
  const total = used + added;
  const source = value.source === 'documented' && quota.code !== undefined ? ' (the default)' : '';
  const limit = `${value.value}${source}`;
  const found = used === 0 ? `${added} ${quota.name}` : `${used} ${quota.name}, and ${added} more in the deployment`;
  const expected = `at most ${limit} in the region`;
  const fix = quotaFix(quota, Math.max(total, value.value * 2), region);
  if (added > 0 && total > value.value) return [error({ code: 'quota-exceeded', found, expected, fix })];
  if (total > value.value * NEAR) return [warning({ code: 'quota-near', found, expected, fix })];
  return [ok(`${total} of ${limit} ${quota.name}`)];
}

/** How to get room in a quota: more of it where AWS raises it, otherwise what shows what could be removed. */
function quotaFix({ service, code, name, adjustable }: Quota, value: number, region: string): string {
  if (adjustable && code !== undefined) return increase(service, code, value, region);
  return LISTS[name]?.(region) ?? `Remove ${name} that nobody uses, or deploy in another region.`;
}

/** The command that asks AWS for a higher quota. */
export function increase(service: string, code: string, value: number, region: string): string {
  const options = `--service-code ${service} --quota-code ${code} --desired-value ${Math.ceil(value)}`;
  return `aws service-quotas request-service-quota-increase ${options} --region ${region}`;
}

/** Commands that list what fills a quota that AWS does not raise. */
const LISTS: Readonly<Record<string, (region: string) => string>> = {
  'API keys': (region) =>
    `aws apigateway get-api-keys --query 'items[].[name,id,createdDate]' --output text --region ${region} # then delete those that nobody uses`,
  'regional REST APIs': (region) =>
    `aws apigateway get-rest-apis --query 'items[].[name,id,createdDate]' --output text --region ${region} # then delete those that nobody uses`,
  'resource policies of CloudWatch Logs': (region) =>
    `aws logs describe-resource-policies --region ${region} # then, for one that nobody needs: aws logs delete-resource-policy --policy-name …`,
};

/** The resources of the template's APIs: one for each prefix of a path. */
export function apiResources({ template }: CheckContext): readonly number[] {
  return template.ofType('AWS::ApiGateway::RestApi').map(({ properties }) => {
    const body = isRecord(properties['Body']) ? properties['Body'] : {};
    const paths = isRecord(body['paths']) ? Object.keys(body['paths']) : [];
    const prefixes = paths.flatMap((path) => {
      const parts = path.split('/').filter((part) => part !== '');
      return ['/', ...parts.map((_, i) => parts.slice(0, i + 1).join('/'))];
    });
    return new Set(prefixes).size;
  });
}

/** The method throttles of each usage plan of the template, for one stage. */
export function stageThrottles({ template }: CheckContext): readonly number[] {
  return template.ofType('AWS::ApiGateway::UsagePlan').flatMap(({ properties }) => {
    const stages = Array.isArray(properties['ApiStages']) ? properties['ApiStages'].filter(isRecord) : [];
    return stages.map(({ Throttle }) => (isRecord(Throttle) ? Object.keys(Throttle).length : 0));
  });
}

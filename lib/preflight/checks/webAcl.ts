import { isRecord } from '../../../lambdas/shared/json.ts';
import { error, ok, warning } from '../finding.ts';
import type { CheckContext, Result } from './context.ts';

/** What one web ACL can hold, and what its base price covers. https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html */
const CAPACITY = { most: 5_000, included: 1_500 };
/** A match against an IP set. */
const UNITS_OF_IP_SET = 1;

/** The rules of a web ACL, for WAF to compute their capacity. */
export interface RulesToWeigh {
  readonly id: string;
  readonly rules: readonly object[];
  /** Units of rules that refer to what the deployment creates first: WAF cannot compute them. */
  readonly known: number;
}

/** The rules of the template's regional web ACLs. */
export function rulesToWeigh({ template }: CheckContext): readonly RulesToWeigh[] {
  return template.ofType('AWS::WAFv2::WebACL').flatMap(({ id, properties }) => {
    const rules = Array.isArray(properties['Rules']) ? properties['Rules'].filter(isRecord) : [];
    if (properties['Scope'] !== 'REGIONAL' || rules.length === 0) return [];
    const open = rules.filter(isOpen);
    // The bodies of responses belong to the web ACL, which the call does not get.
    const sent = rules
      .filter((rule) => !isOpen(rule))
      .map((rule) => ({ ...rule, ...(rule['Action'] !== undefined && { Action: { Block: {} } }) }));
    return [{ id, rules: sent.map(searchStringsAsBytes) as object[], known: open.length * UNITS_OF_IP_SET }];
  });
}

/** Whether a rule holds a value that only the deployment knows. */
function isOpen(rule: unknown): boolean {
  return /"(Ref|Fn::[A-Za-z]+)":/.test(JSON.stringify(rule));
}

/** The API takes strings to search as bytes, a template as strings. */
function searchStringsAsBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(searchStringsAsBytes);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === 'SearchString' && typeof member === 'string'
        ? new TextEncoder().encode(member)
        : searchStringsAsBytes(member),
    ]),
  );
}

/** Reports a web ACL that WAF rejects, or that costs more than its base price. */
export function checkCapacity(units: number): readonly Result[] {
  const found = `${units} capacity units`;
  const fix = 'Set fewer lists or rate limits of routes, or leave out a managed group with a reason (waf.without).';
  if (units > CAPACITY.most) {
    return [error({ code: 'web-acl-capacity', found, expected: `at most ${CAPACITY.most}`, fix })];
  }
  if (units <= CAPACITY.included) return [ok(`${units} of ${CAPACITY.included} capacity units`)];
  const expected = `at most ${CAPACITY.included}: AWS charges more for each 500 above`;
  return [warning({ code: 'web-acl-capacity', found, expected, fix })];
}

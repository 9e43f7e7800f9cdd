import type { Fault } from '../fault.ts';
import type { SchemaNode } from '../schema.ts';
import { walkSchema } from '../walkSchema.ts';
import { formatValue, type UncheckedApi } from './check.ts';
import { readableSchemas } from './readSchemas.ts';

const POLICIES = ['safe', 'line', 'plain', 'raw'];
/** A shorter reason is too little for a reviewer. */
const MIN_REASON_LENGTH = 8;

/** Our own keywords: text policies that exist, reasons for raw text, decoded limits, no secret in a URL. */
export function checkTextPolicies(api: UncheckedApi): readonly Fault[] {
  return readableSchemas(api).flatMap(({ node, location, part }) => {
    const faults: Fault[] = [];
    walkSchema(node, location, (child, at) => {
      faults.push(...policyFaults(child, at), ...decodedFaults(child, at));
      if ((part === 'path' || part === 'query') && child['x-sensitive'] === true) faults.push(inUrl(at));
    });
    return faults;
  });
}

function policyFaults(node: SchemaNode, location: string): readonly Fault[] {
  const { 'x-text': policy, 'x-text-reason': reason, 'x-sensitive': sensitive } = node;
  const faults: Fault[] = [];
  if (policy !== undefined && !POLICIES.includes(policy)) {
    faults.push(invalid(`${location}.x-text`, policy, `one of ${POLICIES.join(', ')}`, 'Fix the spelling.'));
  }
  if (policy === 'raw' && !(typeof reason === 'string' && reason.trim().length >= MIN_REASON_LENGTH)) {
    const expected = `a reason of at least ${MIN_REASON_LENGTH} characters`;
    faults.push(
      invalid(
        `${location}.x-text-reason`,
        reason,
        expected,
        'Write why control characters must be accepted; reviewers read it.',
      ),
    );
  }
  if (sensitive !== undefined && typeof sensitive !== 'boolean') {
    faults.push(invalid(`${location}.x-sensitive`, sensitive, 'true or false', 'Write x-sensitive: true.'));
  }
  return faults;
}

function decodedFaults(node: SchemaNode, location: string): readonly Fault[] {
  const limit = node['x-max-decoded-bytes'];
  if (limit === undefined) return [];
  if (node.format === 'base64' && Number.isInteger(limit) && limit >= 1) return [];
  return [
    invalid(
      `${location}.x-max-decoded-bytes`,
      limit,
      "a whole number of bytes, beside format: 'base64'",
      'Set format: "base64" and a size in bytes. Only base64 has a decoded size.',
    ),
  ];
}

function inUrl(location: string): Fault {
  return {
    code: 'sensitive-in-url',
    location,
    found: 'x-sensitive in the URL',
    expected: 'no secret in path or query, which logs, proxies and browser histories store',
    fix: 'Move the value to a header or to the body.',
  };
}

function invalid(location: string, found: unknown, expected: string, fix: string): Fault {
  return { code: 'text-policy-invalid', location, found: formatValue(found), expected, fix };
}

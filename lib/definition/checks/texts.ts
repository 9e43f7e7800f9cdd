import type { Fault } from '../errors.ts';
import type { SchemaNode } from '../schema.ts';
import { walkSchema } from '../walk.ts';
import type { UncheckedApi } from './index.ts';
import { readableParts } from './parts.ts';
import { shown } from './shown.ts';

const POLICIES = ['safe', 'line', 'plain', 'raw'];
/** Shorter than this is not a reason that a reviewer could judge. */
const SHORTEST_REASON = 8;

/** The keywords of ours: text policies that exist, reasons for raw text, decoded limits, no secret in a URL. */
export function checkTexts(api: UncheckedApi): readonly Fault[] {
  return readableParts(api).flatMap(({ node, place, part }) => {
    const faults: Fault[] = [];
    walkSchema(node, place, (child, at) => {
      faults.push(...policyFaults(child, at), ...decodedFaults(child, at));
      if ((part === 'path' || part === 'query') && child['x-sensitive'] === true) faults.push(inUrl(at));
    });
    return faults;
  });
}

function policyFaults(node: SchemaNode, place: string): readonly Fault[] {
  const { 'x-text': policy, 'x-text-reason': reason, 'x-sensitive': sensitive } = node;
  const faults: Fault[] = [];
  if (policy !== undefined && !POLICIES.includes(policy)) {
    faults.push(invalid(`${place}.x-text`, policy, `one of ${POLICIES.join(', ')}`, 'Mend the spelling.'));
  }
  if (policy === 'raw' && !(typeof reason === 'string' && reason.trim().length >= SHORTEST_REASON)) {
    const expected = `a reason of at least ${SHORTEST_REASON} characters`;
    faults.push(
      invalid(`${place}.x-text-reason`, reason, expected, 'Write why control characters must pass; reviewers read it.'),
    );
  }
  if (sensitive !== undefined && typeof sensitive !== 'boolean') {
    faults.push(invalid(`${place}.x-sensitive`, sensitive, 'true or false', 'Write x-sensitive: true.'));
  }
  return faults;
}

function decodedFaults(node: SchemaNode, place: string): readonly Fault[] {
  const limit = node['x-max-decoded-bytes'];
  if (limit === undefined) return [];
  if (node.format === 'base64' && Number.isInteger(limit) && limit >= 1) return [];
  return [
    invalid(
      `${place}.x-max-decoded-bytes`,
      limit,
      "a whole number of bytes, beside format: 'base64'",
      'Only base64 text has a decoded size.',
    ),
  ];
}

function inUrl(place: string): Fault {
  return {
    code: 'sensitive-in-url',
    place,
    found: 'x-sensitive in the URL',
    expected: 'nothing secret in path or query, which logs, proxies and histories keep',
    mend: 'Move the value to a header or to the body.',
  };
}

function invalid(place: string, found: unknown, expected: string, mend: string): Fault {
  return { code: 'text-policy-invalid', place, found: shown(found), expected, mend };
}

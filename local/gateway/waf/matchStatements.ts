/**
 * Statements that match a part of a request: IP set, label, regular expression, byte match, size.
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-ipset-match.html
 */
import { BlockList, isIP } from 'node:net';
import { remembered } from '../../assembly/remembered.ts';
import { type Json, number, string } from '../../assembly/values.ts';
import type { IncomingRequest } from '../incomingRequest.ts';
import { compileField, compileRepeatedField } from './fieldToMatch.ts';
import type { RateWindow } from './rateWindow.ts';

/** Whether a request matches; `undefined` where that depends on something that is not emulated. */
export type StatementTest = (request: IncomingRequest) => boolean | undefined;

/** What statements are compiled with. */
export interface StatementOptions {
  /** Returns the window of a rate-based statement. */
  readonly rateWindow: (seconds: number) => RateWindow;
  /** Ranges of each IP set, by its ARN. */
  readonly ipSets: Readonly<Record<string, readonly string[]>>;
  /** Regular expressions of a pattern set as they are now, by its ARN; undefined for one of another stack. */
  readonly patternsOf: (arn: string) => readonly string[] | undefined;
  /** Bytes of a body that the web ACL inspects. */
  readonly inspectedBodyBytes: number;
  /** Receives the name of each statement, or part of one, that is not emulated. */
  readonly notEmulated: (what: string) => void;
}

/** Compiles the content of a statement. */
export type StatementCompiler = (statement: Json, options: StatementOptions) => StatementTest;

/** The test of a statement that is not emulated. */
export const UNKNOWN: StatementTest = () => undefined;

function compileIpSet(statement: Json, { ipSets, notEmulated }: StatementOptions): StatementTest {
  const arn = string(statement['ARN']) ?? string(statement['Arn']) ?? '';
  const ranges = Object.hasOwn(ipSets, arn) ? ipSets[arn] : undefined;
  if (ranges === undefined || statement['IPSetForwardedIPConfig'] !== undefined) {
    notEmulated(ranges === undefined ? 'an IP set of another stack' : 'an IP set over forwarded addresses');
    return UNKNOWN;
  }
  const holds = compileAddresses(ranges);
  return ({ sourceIp }) => holds(sourceIp);
}

/** Whether an address is in one of the ranges (CIDR, IPv4 or IPv6). Invalid ranges are skipped. */
function compileAddresses(ranges: readonly string[]): (address: string) => boolean {
  const listed = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix = ''] = range.split('/');
    const family = familyOf(address);
    const bits = Number(prefix);
    if (family === undefined || !Number.isInteger(bits) || prefix === '') continue;
    if (bits <= (family === 'ipv4' ? 32 : 128)) listed.addSubnet(address, bits, family);
  }
  return (address) => {
    // A server that listens on both families sees IPv4 callers as ::ffff:192.0.2.1.
    const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
    const family = familyOf(plain);
    return family !== undefined && listed.check(plain, family);
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  return version === 4 ? 'ipv4' : 'ipv6';
}

/** Labels of managed rule groups are unknown locally; the assembly reader reports the groups. */
function compileLabel(statement: Json, { notEmulated }: StatementOptions): StatementTest {
  if (!string(statement['Key'])?.startsWith('awswaf:managed:')) notEmulated('LabelMatchStatement with your own labels');
  return UNKNOWN;
}

/** PCRE on AWS. A pattern that JavaScript cannot compile is not emulated; patterns for paths and methods match alike. */
function compileRegex(statement: Json, { notEmulated, inspectedBodyBytes }: StatementOptions): StatementTest {
  const read = compileField(statement, inspectedBodyBytes);
  const pattern = regexOf(string(statement['RegexString']) ?? '');
  if (read === undefined || pattern === undefined) {
    notEmulated('RegexMatchStatement with this field, transformation or pattern');
    return UNKNOWN;
  }
  const repeated = compileRepeatedField(statement);
  if (repeated !== undefined) {
    const matches = remembered((text) => pattern.test(repeated.transform(Buffer.from(text)).toString('latin1')));
    return (request) => matches(repeated.read(request));
  }
  return (request) => {
    const value = read(request);
    return Buffer.isBuffer(value) ? pattern.test(value.toString('latin1')) : value === true;
  };
}

/** Matches where one pattern of the set does. The set is read for each request, because it can be updated. */
function compilePatternSet(
  statement: Json,
  { notEmulated, inspectedBodyBytes, patternsOf }: StatementOptions,
): StatementTest {
  const read = compileField(statement, inspectedBodyBytes);
  const arn = string(statement['ARN']) ?? string(statement['Arn']) ?? '';
  const [known, unusable] = [patternsOf(arn), patternsOf(arn)?.find((pattern) => regexOf(pattern) === undefined)];
  if (read === undefined || known === undefined || unusable !== undefined) {
    const reason = known === undefined ? 'of another stack' : 'with this field, transformation or pattern';
    notEmulated(`RegexPatternSetReferenceStatement ${reason}`);
    return UNKNOWN;
  }
  const compiled = new Map<string, RegExp | undefined>();
  const matches = (pattern: string, text: string): boolean => {
    if (!compiled.has(pattern)) compiled.set(pattern, regexOf(pattern));
    return compiled.get(pattern)?.test(text) === true;
  };
  return (request) => {
    const value = read(request);
    if (!Buffer.isBuffer(value)) return value === true;
    const text = value.toString('latin1');
    return (patternsOf(arn) ?? []).some((pattern) => matches(pattern, text));
  };
}

function regexOf(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    return undefined;
  }
}

const POSITIONS: Readonly<Record<string, (value: Buffer, search: Buffer) => boolean>> = {
  EXACTLY: (value, search) => value.equals(search),
  STARTS_WITH: (value, search) => value.subarray(0, search.length).equals(search),
  ENDS_WITH: (value, search) =>
    value.length >= search.length && value.subarray(value.length - search.length).equals(search),
  CONTAINS: (value, search) => value.includes(search),
};

function compileByteMatch(statement: Json, { notEmulated, inspectedBodyBytes }: StatementOptions): StatementTest {
  const read = compileField(statement, inspectedBodyBytes);
  const position = POSITIONS[string(statement['PositionalConstraint']) ?? ''];
  const base64 = string(statement['SearchStringBase64']);
  const search =
    base64 === undefined ? Buffer.from(string(statement['SearchString']) ?? '') : Buffer.from(base64, 'base64');
  if (read === undefined || position === undefined) {
    notEmulated('ByteMatchStatement with this field, transformation or position');
    return UNKNOWN;
  }
  return (request) => {
    const value = read(request);
    return Buffer.isBuffer(value) ? position(value, search) : value === true;
  };
}

const COMPARISONS: Readonly<Record<string, (size: number, limit: number) => boolean>> = {
  EQ: (size, limit) => size === limit,
  NE: (size, limit) => size !== limit,
  LE: (size, limit) => size <= limit,
  LT: (size, limit) => size < limit,
  GE: (size, limit) => size >= limit,
  GT: (size, limit) => size > limit,
};

function compileSize(statement: Json, { notEmulated, inspectedBodyBytes }: StatementOptions): StatementTest {
  const read = compileField(statement, inspectedBodyBytes);
  const compare = COMPARISONS[string(statement['ComparisonOperator']) ?? ''];
  const limit = number(statement['Size']);
  if (read === undefined || compare === undefined || limit === undefined) {
    notEmulated('SizeConstraintStatement with this field, transformation or comparison');
    return UNKNOWN;
  }
  return (request) => {
    const value = read(request);
    return Buffer.isBuffer(value) ? compare(value.length, limit) : value === true;
  };
}

/** The compilers of match statements, by name. */
export const MATCH_STATEMENTS: Readonly<Record<string, StatementCompiler>> = {
  ByteMatchStatement: compileByteMatch,
  SizeConstraintStatement: compileSize,
  RegexMatchStatement: compileRegex,
  RegexPatternSetReferenceStatement: compilePatternSet,
  IPSetReferenceStatement: compileIpSet,
  LabelMatchStatement: compileLabel,
};

import { readFileSync } from 'node:fs';
import { formatValue, kindOf } from '../../definition/checks/check.ts';
import { type DiscoveredIssuer, discoveredFault } from '../../definition/discoveredIssuer.ts';
import { wrong } from './invalidIdentity.ts';

const DISCOVER = 'Write the file with secure-api identity discover ISSUER --out FILE, and commit it.';
/** A file of another kind is not read into the message of an error. */
const MAX_CHARACTERS = 16_384;

/**
 * What `secure-api identity discover` read from an issuer.
 *
 * @param given the path of the file, absolute or from the current folder, or its content.
 * @throws {ConfigError} `identity-invalid` for a file that cannot be read, or that holds something else.
 */
export function readDiscovered(given: string | DiscoveredIssuer): DiscoveredIssuer {
  const content = typeof given === 'string' ? parsed(given) : given;
  const fault = discoveredFault(content, Date.now());
  if (fault === undefined) return content as DiscoveredIssuer;
  const location = fault.member === '' ? 'discovered' : `discovered.${fault.member}`;
  throw wrong(location, foundAt(content, fault.member), fault.expected, DISCOVER);
}

function parsed(path: string): unknown {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch {
    throw wrong('discovered', `no file ${formatValue(path)} that can be read`, 'a file with an issuer', DISCOVER);
  }
  try {
    if (content.length <= MAX_CHARACTERS) return JSON.parse(content);
  } catch {
    // Reported below, without a part of the content.
  }
  throw wrong('discovered', `a file ${formatValue(path)} with other content`, 'JSON of an issuer', DISCOVER);
}

function foundAt(content: unknown, member: string): string {
  if (member === '') return kindOf(content);
  const value = (content as Readonly<Record<string, unknown>>)[member];
  return value === undefined ? 'nothing' : formatValue(value);
}

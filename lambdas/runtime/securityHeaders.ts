import { securityHeaders as headersOf, NOT_CACHED } from '../shared/httpHeaders.ts';
import type { HandlerEnvironment, Readable } from '../shared/wireContract.ts';

/** Headers of every response of a function, in lower case: nothing is cached, unless a route declares `Cache-Control`. */
export function securityHeaders(
  environment: Readable<HandlerEnvironment> = process.env,
): Readonly<Record<string, string>> {
  return environment.SECURE_API_HSTS === 'preload' ? PRELOADED : GENERAL;
}

const lowerCase = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries({ ...headers, ...NOT_CACHED }).map(([name, value]) => [name.toLowerCase(), value]));
const GENERAL = lowerCase(headersOf());
const PRELOADED = lowerCase(headersOf({ hstsPreload: true }));

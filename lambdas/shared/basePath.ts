import type { EdgeEnvironment, Readable } from './wireContract.ts';

/**
 * A path as clients of a shared domain call it: below the base path of the API (`SECURE_API_BASE_PATH`), which its definition does not
 * contain. A path that has it already stays: API Gateway documents for no kind of mapping whether the path in an event has it.
 */
export function belowBasePath(path: string, environment: Readable<EdgeEnvironment> = process.env): string {
  const base = environment.SECURE_API_BASE_PATH;
  if (base === undefined || path === `/${base}` || path.startsWith(`/${base}/`)) return path;
  return `/${base}${path}`;
}

/**
 * Makes the function that writes where a response leads (`Location`): a path of the definition gets the base path, and an address stays. It reads the
 * environment once, because that takes as long as a step of a request.
 */
export function locationWriter(environment: Readable<EdgeEnvironment> = process.env): (location: string) => string {
  const base = environment.SECURE_API_BASE_PATH;
  return (location) => (base === undefined || !/^\/(?!\/)/.test(location) ? location : `/${base}${location}`);
}

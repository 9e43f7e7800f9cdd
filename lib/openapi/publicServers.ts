import { formatValue } from '../definition/checks/check.ts';
import { ConfigError } from '../definition/errors.ts';

/** Where clients reach an API (OpenAPI 3.1.0, "Server Object"). */
export interface DocumentServer {
  /** Without a slash at the end: paths begin with one. */
  readonly url: string;
  /** What only a deployment knows, by the names in braces of the URL. */
  readonly variables?: Readonly<Record<string, { readonly default: string; readonly description: string }>>;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The server of a URL that clients call: https, or http on the loopback interface, without user, query or fragment.
 *
 * @throws {ConfigError} `option-invalid`.
 */
export function serverOf(url: string, location: string): DocumentServer {
  const parsed = URL.parse(url);
  const isHttp = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && LOOPBACK.includes(parsed.hostname));
  const isPlain = parsed?.username === '' && parsed.password === '' && /^https?:\/\/[^?#{}\s\\]+$/.test(url);
  if (parsed !== null && isHttp && isPlain) return { url: parsed.href.replace(/\/+$/, '') };
  throw new ConfigError({
    code: 'option-invalid',
    location,
    found: formatValue(url),
    expected: 'an https URL without user, query and fragment (http only on the loopback interface)',
    fix: 'Write the address of the API with its stage or base path, such as https://api.example.com.',
  });
}

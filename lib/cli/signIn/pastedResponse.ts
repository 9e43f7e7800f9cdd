import { createInterface, type Interface } from 'node:readline';
import { progress } from '../output.ts';
import { type AuthorizationRequest, belongsTo } from './authorizationRequest.ts';

/** Lines of stdin that a person pastes. */
export interface PastedLines {
  close(): void;
}

/** Longer lines are no redirect; a code of Cognito has 36 characters. */
const LONGEST_LINE = 8_192;
const BARE_CODE = /^[A-Za-z0-9._~-]{8,512}$/;

/**
 * Reads the redirect from stdin, for browsers that cannot reach this machine: the whole URL of the page that did not load, its
 * query, or the code alone. A code alone has no state; PKCE binds it to this request all the same. Other lines are reported and ignored.
 */
export function readPasted(request: AuthorizationRequest, take: (response: URLSearchParams) => void): PastedLines {
  const lines: Interface = createInterface({ input: process.stdin, terminal: false });
  lines.on('line', (line) => {
    const text = line.trim();
    if (text === '') return;
    const response = responseOf(request, text);
    if (typeof response === 'string') progress(`This is not the redirect: ${response}. Paste the whole URL.`);
    else take(response);
  });
  return {
    close: () => {
      lines.close();
      process.stdin.destroy();
    },
  };
}

function responseOf(request: AuthorizationRequest, text: string): URLSearchParams | string {
  if (text.length > LONGEST_LINE) return 'it is too long';
  if (BARE_CODE.test(text)) return new URLSearchParams({ code: text, state: request.state });
  const url = URL.parse(/^[?]?[a-z_]+=/.test(text) ? `${request.redirectUri}?${text.replace(/^\?/, '')}` : text);
  if (url === null) return 'it is no URL';
  if (`${url.origin}${url.pathname}` !== request.redirectUri.split('?')[0]) return 'its address is another one';
  return belongsTo(request, url.searchParams) ? url.searchParams : 'its state is that of another sign-in';
}

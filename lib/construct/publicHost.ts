import { isIP } from 'node:net';
import { isPublicAddress } from '../../lambdas/shared/publicAddress.ts';

/**
 * Names that no DNS of the Internet has: special-use ones (RFC 6761, 6762, 7686, 8375), `internal`
 * (https://www.icann.org/en/board-activities-and-meetings/materials/approved-resolutions-special-meeting-of-the-icann-board-29-07-2024-en),
 * and those that networks use because ICANN never delegates them.
 */
const LOCAL = /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|onion|invalid|arpa)$/;

/** As a string has what is known only at deployment. */
const TOKEN = /\$\{Token\[[^\]]*\]\}/g;

/** A string with a name of the Internet in place of what is known only at deployment. */
export function withoutTokens(text: string): string {
  return text.replace(TOKEN, 'token.example.com');
}

/**
 * Whether the host of a URL can be one of the Internet: not this machine, a private network, or a metadata service, however its address is
 * written. A URL writes `2130706433`, `0x7f.1` and `127.0.0.1.` as 127.0.0.1. A name that leads to such an address is found when it is used.
 *
 * @param hostname as `URL` has it, with brackets around IPv6.
 */
export function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '');
  return isIP(host) === 0 ? host.includes('.') && !LOCAL.test(host) : isPublicAddress(host);
}

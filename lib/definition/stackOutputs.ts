/**
 * The outputs of a stack that describe an API: `SecureApi` writes them, and commands read them from the deployed stack. A stack
 * can have other outputs and several APIs, and the CDK makes the key of an output, so its description says what it is.
 */

/** What an output holds, by the words of its description. */
const LABELS = {
  url: 'URL',
  issuer: 'issuer of tokens',
  clientId: 'client of the sign-in page',
  signInUrl: 'URL of the sign-in page',
  callbackUrls: 'loopback callbacks',
  userPoolId: 'user pool',
  revocationLists: 'bucket of revocation lists',
} as const;

/** The kinds of outputs. */
export type StackOutputKind = keyof typeof LABELS;

/** An API of a stack: the name in its definition, and its name in the region. */
export interface StackApiName {
  /** Name of the definition. */
  readonly api: string;
  /** Name of the REST API and of its metrics; two APIs of one definition differ in it. */
  readonly name: string;
}

const DESCRIPTION = /^(.+) of the API ([a-z0-9-]+) \(secure-api ([A-Za-z0-9-]+)\)$/;

/** The description of an output. */
export function describeStackOutput(kind: StackOutputKind, { api, name }: StackApiName): string {
  return `${LABELS[kind]} of the API ${api} (secure-api ${name})`;
}

/** What an output holds, by its description; undefined for an output of something else. */
export function readStackOutput(description: string): (StackApiName & { readonly kind: StackOutputKind }) | undefined {
  const [, label, api, name] = DESCRIPTION.exec(description) ?? [];
  const kind = KINDS.find((one) => LABELS[one] === label);
  return kind === undefined || api === undefined || name === undefined ? undefined : { kind, api, name };
}

/** The kinds, in the order in which they are written and printed. */
export const KINDS = Object.keys(LABELS) as readonly StackOutputKind[];

/**
 * Groups of the user pool with these prefixes name a tier, or a claim with its value (`claim:tenant=acme`), all others a role; the
 * pre token generation trigger reads them.
 */
export const TIER_GROUP = 'tier:';
export const CLAIM_GROUP = 'claim:';

/** A URL of plain http on the loopback, the only one for which Cognito and RFC 8252 (section 7.3) allow http. */
export function isLoopbackUrl(url: string): boolean {
  // What precedes an @ is a user name, whatever it looks like.
  const { hostname = '', username, password } = URL.parse(url) ?? {};
  const isWritten = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?=[:/?]|$)/.test(url);
  return isWritten && ['localhost', '127.0.0.1', '[::1]'].includes(hostname) && username === '' && password === '';
}

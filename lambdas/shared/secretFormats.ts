import type { TextRange } from './cardNumbers.ts';
import { type DecodedText, textsByDepth } from './decodedText.ts';
import { isProse } from './secretNames.ts';

/**
 * Credentials after their scheme (RFC 9110, section 11.4): what separates them, then everything up to a delimiter. Each pattern
 * here runs in linear time, because a client chooses the length of what is logged: what it matches is consumed.
 */
const NAMED_SCHEME = '(?:bearer|dpop|basic|api-?key|negotiate|ntlm)';
const SEPARATOR = '(?:[\\s:=+"\'`\\\\([{<,;|]|(?<=\\s)-(?=\\s)){1,64}';
const SCHEME = new RegExp(
  // A client that writes its scheme twice still sends a credential.
  `(?<![A-Za-z\\d])(?:${NAMED_SCHEME}${SEPARATOR})*(${NAMED_SCHEME})(${SEPARATOR})([^\\s:=+"'\`\\\\,;|&<>()[\\]{}][^\\s"'\`\\\\,;&<>()[\\]{}]*)`,
  'gi',
);
/** What {@link SCHEME} needs, in lower case: most strings have none, and this search takes half as long. */
const NAMES_SCHEME = /bearer|dpop|basic|api-?key|negotiate|ntlm/;
/** Schemes that are words of English, too. */
const ENGLISH = /^(?:basic|negotiate)$/;
const ENGLISH_VALUE = /^(?:[a-z]{1,20}[.:!?]?|\d+)$/;
/** Before a scheme that is the value of something. */
const VALUE_STARTS = /(?:^|[:=>"'`,([{])\s{0,8}$/;
/** A challenge has parameters, no credentials (RFC 9110, section 11.3). */
const CHALLENGE = /^(?:algs|charset|error|error_description|error_uri|realm|resource_metadata|scope)=/i;
/** User and password in the address of a server (RFC 3986, section 3.2.1), to the last `@` before the path. */
const USERINFO = /(?<=:\/\/|^\/\/|[\s"'=]\/\/)(?:[^\s/?#"'<>]|["'<>](?=[\w.@!$*+~-]))+@/g;
/** A password with a character that an address must encode. What follows the colon is no port. */
const WRONG_USERINFO =
  /(?<=:\/\/)(?:[^\s/@:[\]"'<>]|["'<>](?=\w)){0,128}:(?!\d{1,5}(?:[/?#\s"'<>,;)\]}\\]|$))\S{1,256}?@(?:(?:[^\s"'<>]|["'<>](?=[\w.@!$*+~-]))+@)?/g;
/** `user:password@host` without a scheme; addresses of mail have one of their own. */
const BARE_USERINFO =
  /(?<![\w:./@+-])(?!(?:acct|bcc|cc|email|from|mail|mailto|npm|patch|sips?|to|workspace|xmpp):)[\w.+-]{1,64}:[^\s:@/"'<>,;]{1,128}@(?=[\w([])/gi;
/** User and password of a command: `curl -u user:password`. */
const OPTION = /(?<=(?<![\w-])(?:-u|--user|--proxy-user)[ \t=]{0,8}["']?[\w.@+-]{1,64}:)(?:[^\s"']|["'](?=\w))+/g;
/** The first line of a PEM block (RFC 7468), also as SSH writes it. */
const PEM = /-{4,5}\s?BEGIN[\s+]/gi;
const PEM_START = '----';
const PEM_END = /-{4,5}\s?END[\s+][^-]{1,100}-{4,5}/gi;
/** Characters of a token (RFC 6750, section 2.1): of a JWT (RFC 7519), and of keys with a known beginning. */
const RUN = /[\w.~+/=:$-]{16,}/g;
/** A JWT, whole or cut, begins with `{` and a name in base64url, and has at least one more part. */
const JWT = /eyJ|eyAi|ewogI|ewoJ|ew0K/;
const SHORTEST_PART = 7;
/** Keys of our clients, and keys as hexadecimal: 64 digits, alone in their run; `sha256:` begins the digest of an image. */
const HEX_KEY = /(?<![\da-z]|asset\.|sha256:)[\da-f]{64}(?![\da-z])/i;

/**
 * Beginnings by which services let their secrets be found, by their first letter, each without it: AWS (IAM User Guide, "unique identifiers"), GitHub,
 * GitLab, Slack, Stripe, npm, PyPI, RubyGems, Google, OpenAI, Anthropic, Hugging Face and others, SendGrid, Shopify, Square, DigitalOcean, Databricks,
 * HashiCorp, Postman, Atlassian, New Relic, Grafana, Sentry, Docker, PlanetScale, Supabase, Notion, Linear, Figma, Fly. One pattern of all of them takes
 * a millisecond to compile, and a string needs few.
 */
export const KNOWN_BEGINNINGS: Readonly<Record<string, string>> = {
  a: 'pify_api_\\w|ccess_token\\$production\\$',
  b: 'kua_\\w',
  d: 'o[opr]_v1_|api[\\da-f]{32}|p\\.(?:pt|st|ct|sa)\\.\\w|ckr_(?:pat|oat)_|t0c01\\.',
  f: 'ig[do]_\\w{16}|[mo][12]_\\w{16}',
  g: 'h[opsur]_\\w{20}|ithub_pat_\\w|l(?:pat|dt|rt|ft|soat|imt|agent|oas|cbt|ptt|ffct)-\\w|sk_\\w{20}|l(?:c|sa)_\\w{16}',
  h: 'f_\\w{20}|v[bsr]\\.\\w{16}',
  k: 'ey-[\\da-f]{32}',
  l: 'in_(?:api|oauth)_|sv2_(?:pt|sk)_',
  n: 'pm_\\w{20}|vapi-|tn_\\w{20}',
  p: 'ypi-\\w{16}|plx-\\w{20}|scale_(?:tkn|pw|oauth)_|ul-[\\da-f]{40}|csk_\\w|at\\w{14}\\.[\\da-f]{16}|hx_\\w{16}',
  r: 'k_(?:live|test|prod)_\\w|ubygems_\\w{16}|8_\\w{20}',
  s: [
    'k_(?:live|test|prod)_\\w|k-(?:proj|ant|or|svcacct|admin|lf)-\\w|k-[A-Za-z\\d]{20}|hp(?:at|ca|pa|ss)_\\w|q0[a-z]{3}-|q[apu]_\\w{20}',
    'ntry[su]_|b[ps]_\\w{16}|b_secret_|l\\.[\\w-]{40}|ecret_\\w{40}|ervices/T\\w{6,}/B\\w{6,}/',
  ].join('|'),
  t: 'skey-\\w|vly-\\w{16}|fp_\\w{16}',
  w: 'hsec_\\w|ebhooks/\\d{15,20}/[\\w-]{40}',
  x: 'ox[a-z]-\\w|app-\\d|ai-\\w{20}|keysib-',
  y: 'a29\\.',
  A: 'KIA[A-Z2-7\\d]{16}|SIA[A-Z2-7\\d]{16}|Iza\\w|T[AC]TT3|TBB\\w{16}|GE-SECRET-KEY-|KCp\\w{40}',
  C: 'LOJARS_\\w|CI(?:PAT|PRJ)_\\w',
  E: 'AAA[\\w-]{40}|Z[AT]K\\w{16}',
  F: 'lyV1|LWSECK',
  G: 'OCSPX-',
  L: 'TAI\\w{16}',
  N: 'RAK-',
  P: 'MAK-\\w',
  S: 'G\\.[\\w-]{16}|K[\\da-f]{32}',
};
const KNOWN_KEY_START = /(?<![A-Za-z\d])[A-Za-z]/g;
/** Keys that are known by what is in them: of HashiCorp, Azure and Telegram. */
const KNOWN_INSIDE = ['.atlasv1.', '8Q~', ':AA'] as const;
const KEY_WITH_INSIDE = /(?<![A-Za-z\d])(?:\w{14}\.atlasv1\.|\w{3}8Q~|\d{8,10}:AA[\w-]{33})/;
/** The shortest run with a key as hexadecimal, and with a random string. */
const [SHORTEST_HEX, SHORTEST_RANDOM] = [64, 40] as const;

/** Finds what is a secret by its own form, whatever its name: credentials after a scheme, keys, tokens, passwords in addresses. */
export function secretFormats(decoded: DecodedText): readonly TextRange[] {
  const { text } = decoded;
  const hasPassword = text.includes('@') || text.includes('-u') || text.includes('-user');
  return [
    ...pemBlocks(text),
    ...credentials(text),
    ...(hasPassword ? textsByDepth(decoded).flatMap(passwords) : []),
    ...[...text.matchAll(RUN)].flatMap(secretInRun),
  ];
}

function credentials(text: string): readonly TextRange[] {
  if (!NAMES_SCHEME.test(text.toLowerCase())) return [];
  return [...text.matchAll(SCHEME)].flatMap((match) => {
    const [whole, scheme = '', separator = '', found = ''] = match;
    const isNamed = /[:=]/.test(separator);
    const isEnglish = isNamed || ENGLISH.test(scheme);
    const isValue = !isNamed && VALUE_STARTS.test(text.slice(Math.max(0, match.index - 9), match.index));
    const isWord = isEnglish && !isValue && ENGLISH_VALUE.test(found);
    const end = match.index + whole.length;
    return isWord || CHALLENGE.test(found) || isProse(found) ? [] : [{ start: end - found.length, end }];
  });
}

function passwords(text: string): readonly TextRange[] {
  return [
    ...[USERINFO, WRONG_USERINFO, BARE_USERINFO].flatMap((form) => addresses(text, form)),
    ...[...text.matchAll(OPTION)].map(({ 0: { length }, index }) => ({ start: index, end: index + length })),
  ];
}

/** Without the `@`, which shows that something was hidden before it. */
function addresses(text: string, form: RegExp): readonly TextRange[] {
  return [...text.matchAll(form)].map(({ 0: { length }, index }) => ({ start: index, end: index + length - 1 }));
}

function secretInRun({ 0: run, index }: RegExpExecArray): readonly TextRange[] {
  const jwt = JWT.exec(run)?.index ?? -1;
  const isJwt = jwt >= 0 && run.indexOf('.', jwt + SHORTEST_PART) >= 0;
  const start = isJwt ? jwt : (knownKeyAt(run) ?? hexKeyAt(run) ?? randomAt(run));
  return start === undefined ? [] : [{ start: index + start, end: index + run.length }];
}

/** Where the first key with a known beginning, or with something known inside, begins. */
function knownKeyAt(run: string): number | undefined {
  const hasInside = KNOWN_INSIDE.some((part) => run.includes(part));
  const withInside = hasInside ? KEY_WITH_INSIDE.exec(run)?.index : undefined;
  for (const { 0: letter, index } of run.matchAll(KNOWN_KEY_START)) {
    if (withInside !== undefined && withInside <= index) break;
    if (beginsKnown(letter)?.(run, index) === true) return index;
  }
  return withInside;
}

type BeginsKnown = (run: string, at: number) => boolean;
const beginnings = new Map<string, BeginsKnown>();

/** Whether the rest of a known beginning follows a letter; undefined for a letter that begins none. */
function beginsKnown(letter: string): BeginsKnown | undefined {
  const known = beginnings.get(letter);
  if (known !== undefined || !Object.hasOwn(KNOWN_BEGINNINGS, letter)) return known;
  const rest = new RegExp(KNOWN_BEGINNINGS[letter] ?? '', 'y');
  const made: BeginsKnown = (run, at) => {
    rest.lastIndex = at + 1;
    return rest.test(run);
  };
  beginnings.set(letter, made);
  return made;
}

function hexKeyAt(run: string): number | undefined {
  return run.length < SHORTEST_HEX ? undefined : HEX_KEY.exec(run)?.index;
}

/**
 * At least 40 characters (an AWS secret access key, the shortest of our keys) of lower case, upper case and digits that
 * alternate as in a random string: in such a string 62% of the neighbours differ in kind, in a name of words about 30%. Three
 * slashes make a path, whose separators are no neighbours; one random string in forty has as many.
 */
function randomAt(run: string): number | undefined {
  if (run.length < SHORTEST_RANDOM) return undefined;
  const match = /[A-Za-z\d+/]{40,}/.exec(run);
  const found = match?.[0] ?? '';
  if (!(/[a-z]/.test(found) && /[A-Z]/.test(found) && /\d/.test(found))) return undefined;
  const start = found.slice(0, 512);
  const neighbours = start.split('/').length > 3 ? start.replaceAll('/', '') : start;
  const kinds = neighbours.replaceAll(/[a-z]/g, 'a').replaceAll(/[A-Z]/g, 'A').replaceAll(/\d/g, '0');
  const changes = [...kinds].filter((kind, position) => position > 0 && kind !== kinds[position - 1]).length;
  return changes / kinds.length >= (found.length === 40 ? 0.35 : 0.45) ? match?.index : undefined;
}

/** From the first line of a PEM block to its last, or to the end of a string that was cut. */
function pemBlocks(text: string): readonly TextRange[] {
  if (!text.includes(PEM_START)) return [];
  const blocks: TextRange[] = [];
  const last = new RegExp(PEM_END);
  for (const { index: start } of text.matchAll(PEM)) {
    if (start < last.lastIndex) continue;
    last.lastIndex = start;
    const isWhole = last.test(text);
    blocks.push({ start, end: isWhole ? last.lastIndex : text.length });
    if (!isWhole) break;
  }
  return blocks;
}

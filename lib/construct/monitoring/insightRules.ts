import { MALFORMED } from './metrics.ts';

/** A Contributor Insights rule: who is behind most log entries that match. */
export interface InsightRule {
  readonly id: string;
  readonly log: 'access' | 'authorizer' | 'webAcl';
  /** Members of a log entry that identify a contributor. */
  readonly keys: readonly string[];
  /** At most four: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-RuleSyntax.html */
  readonly filters: readonly Filter[];
}

/** A list has at most ten values. */
export type Filter =
  | { readonly Match: string; readonly In: readonly string[] }
  | { readonly Match: string; readonly NotIn: readonly string[] }
  | { readonly Match: string; readonly IsPresent: boolean };

/** Reasons of a token that an honest client does not send: it was made or changed by somebody without the key. */
const FORGED = [
  'signature-invalid',
  'key-unknown',
  'algorithm-rejected',
  'type-rejected',
  'critical-header-rejected',
  'key-header-rejected',
  'token-nested',
  'member-repeated',
  'issuer-unknown',
  'proof-signature-invalid',
];

/** Reasons of a token that was good: clients renew it, and some of them late. */
const ENDED = ['expired'];

/** API Gateway writes `-` for what it does not know. */
const UNKNOWN = ['-', ''];
/** The authorizer marks tokens that expired a short time ago. */
const NOT_JUST_EXPIRED: Filter = { Match: '$.justExpired', IsPresent: false };
const REJECTED: Filter = { Match: '$.decision', In: ['reject'] };
const KNOWN_SUBJECT: Filter = { Match: '$.subject', NotIn: UNKNOWN };
const NOT_OF_WEB_ACL: Filter = { Match: '$.errorType', NotIn: ['WAF_FILTERED'] };

const of = (...statuses: readonly string[]): Filter => ({ Match: '$.status', In: statuses });

/**
 * The rules of an API. The authorizer's log knows why a token was rejected, and the address of the client also behind CloudFront; the
 * access log has each request, also where the gateway cached the decision.
 */
export function insightRules({ isBehindCloudFront }: { readonly isBehindCloudFront: boolean }): readonly InsightRule[] {
  // Behind CloudFront the address of the connection is CloudFront's own.
  const address = isBehindCloudFront ? '$.clientIp' : '$.ip';
  const knownAddress: readonly Filter[] = isBehindCloudFront ? [{ Match: address, NotIn: UNKNOWN }] : [];
  const access = (id: string, keys: readonly string[], ...filters: readonly Filter[]): InsightRule => {
    return { id, log: 'access', keys, filters };
  };
  const decisions = (id: string, key: string, filter: Filter): InsightRule => {
    return { id, log: 'authorizer', keys: [key], filters: [REJECTED, filter] };
  };
  return [
    access('TopClients', ['$.client', '$.tier'], { Match: '$.client', NotIn: UNKNOWN }),
    access('TopAddresses', ['$.ip']),
    access('TopThrottled', ['$.client', '$.method', '$.routePath'], of('429')),
    decisions('RejectedTokens', '$.sourceIp', { Match: '$.reason', NotIn: ENDED }),
    // Only tokens whose issuer is proven have a subject and a client in the log. Long after its end a token is replayed, not renewed.
    decisions('RejectedSubjects', '$.subject', NOT_JUST_EXPIRED),
    decisions('RejectedClients', '$.client', { Match: '$.reason', NotIn: ENDED }),
    decisions('ForgedTokens', '$.sourceIp', { Match: '$.reason', In: FORGED }),
    // The authorizer never runs for a request without credentials.
    ...(isBehindCloudFront
      ? []
      : [
          access(
            'MissingTokens',
            ['$.ip'],
            of('401'),
            { Match: '$.subject', In: UNKNOWN },
            { Match: '$.authorizerLatency', In: UNKNOWN },
          ),
        ]),
    access('DeniedCallers', ['$.subject', '$.client'], of('403'), KNOWN_SUBJECT, NOT_OF_WEB_ACL),
    access(
      'DeniedRoutes',
      ['$.method', '$.routePath', '$.roles', '$.denialReason'],
      of('403'),
      KNOWN_SUBJECT,
      NOT_OF_WEB_ACL,
    ),
    access('NotFoundAddresses', [address], of('404'), ...knownAddress),
    access('NotFoundCallers', ['$.subject', '$.routePath'], of('404'), KNOWN_SUBJECT),
    access('MalformedAddresses', [address], of(...MALFORMED), ...knownAddress),
  ];
}

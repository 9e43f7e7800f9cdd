/** Events of AWS services that rules pass on. No service sends them on this machine, and they do not end. */
import type { LocalModel } from '../localPackage.ts';

type Pattern = Readonly<Record<string, unknown>>;

/** An entry of PutEvents: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html */
export interface EventEntry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Resources: readonly string[];
  /** JSON. */
  readonly Detail: string;
}

/** A rule of the stack with the event that it is for. */
export interface DrilledEvent {
  /** What its row is named. */
  readonly id: string;
  readonly how: string;
  readonly entry: EventEntry;
}

interface EventDrill {
  /** What its logical id ends in before the hash; its name contains the id. */
  readonly rule: string;
  readonly what: string;
  /** The event; the pattern of the rule names what it is about. */
  readonly entry: (pattern: Pattern) => EventEntry;
}

/** https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html */
const finding = (rule: string, severity: number): EventDrill => ({
  rule,
  what: `a finding of GuardDuty of severity ${severity}`,
  entry: (pattern) => ({
    Source: 'aws.guardduty',
    DetailType: 'GuardDuty Finding',
    Resources: [],
    Detail: JSON.stringify({
      schemaVersion: '2.0',
      id: '1ab92989eaf0e742df4a014d5c0a7c3f',
      type: 'UnauthorizedAccess:Lambda/TorClient',
      title: 'A Lambda function is communicating with a Tor entry node.',
      severity,
      resource: {
        resourceType: 'Lambda',
        lambdaDetails: { functionName: firstAt(pattern, 'functionName') ?? 'function-of-the-account' },
      },
      service: { serviceName: 'guardduty', count: 1 },
    }),
  }),
});

/** https://docs.aws.amazon.com/acm/latest/userguide/supported-events.html */
const ofAcm = (rule: string, detailType: string, what: string): EventDrill => ({
  rule,
  what,
  entry: (pattern) => ({
    Source: 'aws.acm',
    DetailType: detailType,
    Resources: resourcesOf(pattern),
    Detail: JSON.stringify({
      CommonName: 'api.example.com',
      DaysToExpiry: 10,
      RenewalStatusReason: 'DOMAIN_VALIDATION_DENIED',
    }),
  }),
});

/** By the names of their rows. */
export const EVENT_DRILLS: Readonly<Record<string, EventDrill>> = {
  'guard-duty': finding('GuardDutySevere', 8),
  'guard-duty-medium': finding('GuardDutyMedium', 5),
  'certificate-approaching-expiry': ofAcm(
    'Approaching',
    'ACM Certificate Approaching Expiration',
    'ACM: ten days until the certificate expires',
  ),
  'certificate-renewal': ofAcm(
    'ActionRequired',
    'ACM Certificate Renewal Action Required',
    'ACM: the renewal needs an action',
  ),
  'certificate-expired': ofAcm('Expired', 'ACM Certificate Expired', 'ACM: the certificate has expired'),
  'certificate-revoked': ofAcm('Revoked', 'ACM Certificate Revoked', 'ACM: the certificate was revoked'),
  'certificate-health': {
    rule: 'Health',
    what: 'AWS Health: the renewal of the certificate failed',
    // https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
    entry: (pattern) => ({
      Source: 'aws.health',
      DetailType: 'AWS Health Event',
      Resources: resourcesOf(pattern),
      Detail: JSON.stringify({ service: 'ACM', eventTypeCode: 'AWS_ACM_RENEWAL_FAILURE', statusCode: 'open' }),
    }),
  },
};

/** The rules of the stack that have a drill. */
export function drilledEvents({ eventRules }: LocalModel): readonly DrilledEvent[] {
  return Object.entries(EVENT_DRILLS).flatMap(([id, { rule, what, entry }]) => {
    const isIts = new RegExp(`${rule}\\d?[\\dA-F]{8}(?:-|$)`);
    const found = eventRules.find(({ name, enabled }) => enabled && isIts.test(name));
    return found === undefined ? [] : [{ id, how: `injected as an event: ${what}`, entry: entry(found.pattern) }];
  });
}

function resourcesOf({ resources }: Pattern): readonly string[] {
  return Array.isArray(resources) ? resources.filter((one) => typeof one === 'string') : [];
}

/** The first value of a condition, wherever it is in a pattern. */
function firstAt(pattern: unknown, name: string): string | undefined {
  if (typeof pattern !== 'object' || pattern === null) return undefined;
  for (const [key, value] of Object.entries(pattern)) {
    const found = key === name && Array.isArray(value) ? String(value[0]) : firstAt(value, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

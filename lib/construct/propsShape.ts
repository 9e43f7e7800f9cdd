import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { hideSecrets } from '../../lambdas/shared/hideSecrets.ts';
import {
  type Amount,
  amount,
  anything,
  boolean,
  choice,
  either,
  isRecord,
  kind,
  listOf,
  type Members,
  mapOf,
  object,
  required,
  string,
  whole,
} from '../definition/shape.ts';
import type { CloudFrontProps } from './cloudfront/props.ts';
import type { CorsProps } from './cors/cors.ts';
import type { DomainProps } from './edge/domainProps.ts';
import type { AddressLists } from './edge/listRules.ts';
import type { SharedDomainProps } from './edge/sharedDomain.ts';
import { TLS_POLICIES } from './edge/tls.ts';
import type { ManagedGroup, WafProps } from './edge/webAcl.ts';
import type { RevocationProps } from './identity/tokenTables.ts';
import { removalPolicyShape, resource } from './invalid.ts';
import type { BudgetProps, BudgetTag } from './monitoring/budget.ts';
import type { CanaryProps } from './monitoring/canaryProps.ts';
import { THRESHOLD_SHAPES } from './monitoring/thresholdTable.ts';
import type { CertificateClientProps, MtlsProps } from './mtls/props.ts';
import type { SecureApiProps, StageThrottle } from './props.ts';
import { removalShape } from './removal/removal.ts';
import { tracingShape } from './tracing.ts';

/** Retentions by their number of days: the enumeration has the names as values, too. */
const RETENTIONS = Object.values(RetentionDays).filter((days) => typeof days === 'number');
const retention = kind('a value of RetentionDays', (value) => RETENTIONS.some((days) => days === value));
const names = listOf(string, 'a list of strings');

/** `anything` stands where another check says what is expected. */
const THROTTLE: Members<StageThrottle> = { rate: anything, burst: anything };
const REVOCATION: Members<RevocationProps> = {
  cacheSeconds: whole(0, 300, 'A revoked token would be accepted that long.'),
  whenUnreachable: choice('reject', 'accept'),
};
const DOMAIN: Members<DomainProps> = {
  name: anything,
  alternativeNames: listOf(anything, 'a list of host names'),
  wildcard: boolean,
  zone: resource('a hosted zone'),
  dns: choice('external'),
  certificate: resource('a certificate'),
  caa: boolean,
};
const HEADER: Members<{ readonly name: unknown; readonly value: unknown }> = { name: anything, value: anything };
/** Of any copy of this package, so its method counts, not its class. */
const isSharedDomain = (value: unknown) =>
  isRecord(value) && isRecord(value['node']) && 'tls' in value && 'route' in value;
const sharedDomain = kind('a SharedDomain', isSharedDomain, { secret: true });
const SHARED_DOMAIN: Members<SharedDomainProps> = {
  shared: required(sharedDomain, 'a SharedDomain'),
  basePath: anything,
  header: object(HEADER),
};
const aPath = 'the path of a PEM file';
const path = kind(aPath, (value) => typeof value === 'string' && value !== '');
const CLOUD_FRONT: Members<CloudFrontProps> = {
  type: required(choice('cloudfront'), "'cloudfront'"),
  http: choice('redirect', 'reject'),
  http3: boolean,
  logs: boolean,
  certificate: resource('a certificate'),
  originCertificate: resource('a certificate'),
  originTrustStore: path,
};
const clientName = kind('a name of a client', (value) => typeof value === 'string' && value !== '');
const CERTIFICATE_CLIENT: Members<CertificateClientProps> = {
  from: required(choice('commonName', 'dnsName', 'uri', 'email'), 'which name of the certificate is the client'),
  names: mapOf(clientName, 'clients by the names in their certificates'),
};
const MTLS: Members<MtlsProps> = {
  trustStore: required(path, aPath),
  mode: choice('required', 'optional'),
  revocation: boolean,
  client: object(CERTIFICATE_CLIENT),
};
const CORS: Members<CorsProps> = {
  origins: required(names, 'a list of origins'),
  credentials: boolean,
  maxAgeSeconds: whole(
    0,
    86_400,
    'Browsers ask again after two hours to a day at most; 0 has them ask before each request.',
  ),
  allowHeaders: names,
  exposeHeaders: names,
};
const GROUPS: Members<Record<ManagedGroup, string>> = { common: string, knownBadInputs: string, sqlInjection: string };
/** WAF quotas: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html */
const limit = whole(10, 2_000_000_000, 'It is a number of requests in five minutes.');
const WAF: Members<WafProps> = {
  ipLimit: limit,
  tokenLimit: either((value) => value === false, anything, limit),
  addresses: object<AddressLists>({ allow: names, deny: names }),
  countries: object<{ readonly allow: unknown; readonly deny: unknown }>({ allow: names, deny: names }),
  without: object(GROUPS),
  logs: boolean,
};
const CANARY: Members<CanaryProps> = {
  endpoints: boolean,
  route: kind('the id of a route', (value) => typeof value === 'string'),
};
const tagPart = kind(
  'a string of 1–256 characters without $',
  (value) => typeof value === 'string' && /^[^$\p{C}]{1,256}$/u.test(value),
  { fix: 'Write key and value of a cost allocation tag.' },
);
const USD: Amount = {
  unit: 'US dollars',
  min: 1,
  max: 10_000_000,
  decimals: 2,
  why: 'It is what a month is allowed to cost: below 1 it would notify each month, and a limit that no month reaches notifies nobody.',
};
const BUDGET: Members<BudgetProps> = {
  usdPerMonth: required(amount(USD), 'US dollars'),
  tag: object<BudgetTag>({ key: required(tagPart, 'the key of the tag'), value: required(tagPart, 'its value') }),
};
const runbooksShape = kind(
  'an https URL of at most 256 characters, without user, password or secret, that ends with /, # or =',
  (value) =>
    typeof value === 'string' &&
    value.length <= 256 &&
    /^https:\/\/[^\s@]+[/#=]$/.test(value) &&
    URL.canParse(value) &&
    hideSecrets(value) === value,
  { secret: true, fix: 'The name of a runbook is appended to it, such as failed-logins.' },
);
const ownerShape = kind(
  '1–100 printable characters on one line',
  (value) => typeof value === 'string' && /^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(value),
  { fix: 'Write who answers for the API, such as a team and its channel.' },
);
/** The most is a hundred a second, more than an instance serves. */
const lines = amount({
  unit: 'lines',
  min: 6,
  max: 6_000,
  why: 'An instance of a function writes at most so many a minute; leave it out to write all.',
});
const ONE_OF_NOTIFY = 'Notify.email(), slack(), pagerDuty() or another one of Notify';
const notifyShape = either(
  Array.isArray,
  listOf(
    kind(ONE_OF_NOTIFY, (value) => isRecord(value) && isRecord(value['target']) && Array.isArray(value['faults']), {
      secret: true,
      fix: "Write a recipient, such as Notify.email('ops@example.com').",
    }),
    'a list of Notify',
  ),
  kind('a list of Notify', Array.isArray, {
    secret: true,
    fix: "Write a list, such as notify: [Notify.email('ops@example.com')].",
  }),
);
const aDefinition = 'an API made by defineApi';
const aDirectory = 'a directory with one file for each route';

const PROPS: Members<SecureApiProps> = {
  definition: required(
    kind(aDefinition, (value) => isRecord(value) && isRecord(value['routes']) && isRecord(value['spec']), {
      secret: true,
    }),
    aDefinition,
  ),
  handlers: required(
    kind(aDirectory, (value) => typeof value === 'string' && value !== ''),
    aDirectory,
  ),
  identity: anything,
  revocation: either(isRecord, object(REVOCATION), boolean),
  domain: either((value) => isRecord(value) && 'shared' in value, object(SHARED_DOMAIN), object(DOMAIN)),
  edge: either(isRecord, object(CLOUD_FRONT), choice('regional', 'cloudfront')),
  tls: choice(...TLS_POLICIES),
  mtls: object(MTLS),
  hstsPreload: boolean,
  canary: either(isRecord, object(CANARY), boolean),
  cors: object(CORS),
  notify: notifyShape,
  runbooks: runbooksShape,
  owner: ownerShape,
  guardDuty: choice('api', 'account'),
  budget: object(BUDGET),
  stageName: anything,
  authorizerCacheSeconds: anything,
  keyRotationDays: anything,
  clients: boolean,
  webhooks: mapOf(resource('a secret of Secrets Manager', 'secretArn'), 'the secrets by the names of the webhooks'),
  throttle: object(THROTTLE),
  waf: object(WAF),
  alarms: object(THRESHOLD_SHAPES),
  logRetention: retention,
  allowedLinesPerMinute: lines,
  removal: removalShape,
  logRemovalPolicy: removalPolicyShape,
  responses: anything,
  problemTypeBase: anything,
  tracing: tracingShape,
  environment: mapOf(
    kind('a string', (value) => typeof value === 'string', { secret: true }),
    'strings by the names of the variables',
  ),
};

export const secureApiProps = required(object(PROPS), 'the props definition, handlers and identity');

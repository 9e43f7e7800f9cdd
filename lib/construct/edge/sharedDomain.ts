import { createHash } from 'node:crypto';
import { Token } from 'aws-cdk-lib';
import type { CfnDomainName, DomainName, SpecRestApi, Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnRoutingRule } from 'aws-cdk-lib/aws-apigatewayv2';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';
import { formatValue } from '../../definition/checks/check.ts';
import type { ConfigError } from '../../definition/errors.ts';
import { anything, boolean, choice, type Members, object, required } from '../../definition/shape.ts';
import { invalid, requireShape, resource } from '../invalid.ts';
import { requireCertificate } from './certificateArn.ts';
import { createDomains } from './domain.ts';
import type { DomainProps } from './domainProps.ts';
import { TLS_POLICIES, type TlsPolicy, tlsSettings } from './tls.ts';

/** Props of `SharedDomain`. */
export interface SharedDomainOptions extends Omit<DomainProps, 'alternativeNames' | 'wildcard'> {
  /** Of the domain; that of each API on it has to be the same. @default - `modern`: TLS 1.3 alone */
  readonly tls?: TlsPolicy;
}

const OPTIONS: Members<SharedDomainOptions> = {
  name: anything,
  zone: resource('a hosted zone'),
  dns: choice('external'),
  certificate: resource('a certificate'),
  caa: boolean,
  tls: choice(...TLS_POLICIES),
};
const sharedDomainShape = required(object(OPTIONS), 'the name of a domain, and who serves its DNS');

/** A part of a domain that several APIs serve, chosen by base path, by header, or both. */
export interface SharedDomainProps {
  readonly shared: SharedDomain;
  /** The first segments of the path, such as `v1` or `shop/orders`: lower case, 1–8 segments, 1–128 characters. The API does not see them. @default - none */
  readonly basePath?: string;
  /** The header that chooses this API, such as `{ name: 'x-api-version', value: '2' }`. @default - none */
  readonly header?: { readonly name: string; readonly value: string };
}

/** Rules of one kind: their priorities begin here. Lower numbers are evaluated first, up to 1,000,000. */
const PRIORITIES = { header: 100_000, basePath: 500_000, rest: 900_000 };
/** Of priorities to a segment more: a longer path is evaluated first. */
const STEP = 10_000;
const LONGEST_BASE_PATH = 128;
/** With more, priorities would leave the range of their kind. */
const MOST_SEGMENTS = 8;
const BASE_PATH = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/;
/** API Gateway serves these itself. */
const RESERVED_PATHS = ['ping', 'sping'];
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-routing-rules.html#rest-api-routing-rules-restrictions */
const HEADER_NAME = /^[a-z][a-z0-9-]{0,38}$/;
const HEADER_VALUE = /^[\w.~-]{1,64}$/;
const RESERVED_HEADERS = /^(authorization|cookie|host|te|connection|transfer-encoding|upgrade|x-amz.*|x-apigw-.*)$/;

/**
 * A host name that several APIs or versions share, by base path or by header. It has one certificate and TLS policy; each API adds its
 * routing rule, also from other stacks of the same region.
 *
 * @throws {ConfigError} `domain-invalid`.
 * @example
 * ```ts
 * const shared = new SharedDomain(stack, 'Domain', { name: 'api.example.com', dns: 'external' });
 * const common = { definition: notes, identity: Identity.cognito() };
 * new SecureApi(stack, 'V1', { ...common, handlers: './v1', domain: { shared, basePath: 'v1' } });
 * new SecureApi(stack, 'V2', { ...common, handlers: './v2', domain: { shared, basePath: 'v2' } });
 * ```
 */
export class SharedDomain extends Construct {
  readonly name: string;
  readonly domain: DomainName;
  readonly certificate: ICertificate;
  readonly tls: TlsPolicy;
  readonly #conditions = new Set<string>();
  readonly #priorities = new Set<number>();

  constructor(scope: Construct, id: string, options: SharedDomainOptions) {
    super(scope, id);
    requireShape(sharedDomainShape, options);
    const { tls = 'modern', ...props } = options;
    requireCertificate(this, 'domain.certificate', props.certificate);
    const { certificate, domains } = createDomains(this, props, { tls: tlsSettings(tls) });
    this.name = props.name;
    this.domain = domains[0];
    this.certificate = certificate;
    this.tls = tls;
    const resource = this.domain.node.defaultChild as CfnDomainName;
    resource.routingMode = 'ROUTING_RULE_ONLY';
  }

  /**
   * Sends the requests that meet the conditions to a stage.
   *
   * @throws {ConfigError} `domain-invalid`.
   */
  route(
    scope: Construct,
    { restApi, stage }: { readonly restApi: SpecRestApi; readonly stage: Stage },
    props: SharedDomainProps,
  ): void {
    checkConditions(props);
    const { basePath, header } = props;
    const condition = conditionOf(props);
    if (this.#conditions.has(condition)) {
      const found = `two APIs with ${basePath === undefined ? 'no base path' : `the base path ${basePath}`}${header === undefined ? '' : ` and the header ${header.name}: ${header.value}`}`;
      throw wrong(
        found,
        'a base path or header for each',
        'Only the first one would get requests: give one of them another base path.',
      );
    }
    this.#conditions.add(condition);
    new CfnRoutingRule(scope, 'DomainRule', {
      domainNameArn: (this.domain.node.defaultChild as CfnDomainName).attrDomainNameArn,
      priority: this.#priority(props),
      conditions: [
        ...(basePath === undefined ? [] : [{ matchBasePaths: { anyOf: [basePath] } }]),
        ...(header === undefined
          ? []
          : [{ matchHeaders: { anyOf: [{ header: header.name, valueGlob: header.value }] } }]),
      ],
      actions: [{ invokeApi: { apiId: restApi.restApiId, stage: stage.stageName, stripBasePath: true } }],
    });
  }

  /**
   * Requests with the header first, then longer base paths, then what has no condition. The number follows from the condition, because no
   * two rules can have the same: an API that is added or removed does not move the rules of the others, unless the hashes of two conditions are
   * the same: one of ten thousand pairs of one kind.
   */
  #priority({ basePath, header }: SharedDomainProps): number {
    const kind = header !== undefined ? 'header' : basePath !== undefined ? 'basePath' : 'rest';
    const segments = basePath?.split('/').length ?? 0;
    const start = PRIORITIES[kind] - segments * STEP;
    const condition = createHash('sha256').update(conditionOf({ basePath, header }));
    let priority = start + (condition.digest().readUInt32BE() % STEP);
    while (this.#priorities.has(priority)) priority = start + ((priority - start + 1) % STEP);
    this.#priorities.add(priority);
    return priority;
  }
}

function conditionOf({ basePath, header }: Pick<SharedDomainProps, 'basePath' | 'header'>): string {
  return JSON.stringify([basePath ?? '', header?.name ?? '', header?.value ?? '']);
}

/**
 * Checks the conditions of an API on a shared domain.
 *
 * @throws {ConfigError} `domain-invalid`.
 */
export function checkConditions({ basePath, header }: Pick<SharedDomainProps, 'basePath' | 'header'>): void {
  if (basePath !== undefined) requireBasePath(basePath);
  if (header !== undefined) requireHeader(header);
}

function requireBasePath(basePath: string): void {
  const isText = typeof basePath === 'string' && !Token.isUnresolved(basePath);
  const isShort = isText && basePath.length <= LONGEST_BASE_PATH && basePath.split('/').length <= MOST_SEGMENTS;
  if (isShort && BASE_PATH.test(basePath)) {
    if (!RESERVED_PATHS.includes(basePath)) return;
    throw wrong(`the base path ${basePath}`, 'another one', 'API Gateway serves this path itself.');
  }
  const expected = `1–${MOST_SEGMENTS} segments of a–z, 0–9, ., _ and -, together at most ${LONGEST_BASE_PATH} characters`;
  throw wrong(`the base path ${formatValue(basePath)}`, expected, "Write it without slashes around it, such as 'v1'.");
}

function requireHeader({ name, value }: NonNullable<SharedDomainProps['header']>): void {
  if (typeof name !== 'string' || !HEADER_NAME.test(name) || RESERVED_HEADERS.test(name)) {
    const expected = 'a name in lower case, at most 39 letters, digits and -, that means nothing else in HTTP';
    throw wrong(`the header ${formatValue(name)}`, expected, "Choose one for this purpose, such as 'x-api-version'.");
  }
  if (typeof value === 'string' && HEADER_VALUE.test(value)) return;
  const fix = 'A pattern with * could match the requests of another API.';
  throw wrong(`the value ${formatValue(value)} of ${name}`, '1–64 letters, digits, ., _, ~ and -', fix);
}

function wrong(found: string, expected: string, fix: string): ConfigError {
  return invalid({ code: 'domain-invalid', location: 'domain', found, expected, fix });
}

import { Token } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { hideSecrets } from '../../lambdas/shared/hideSecrets.ts';
import type { TracingEnvironment } from '../../lambdas/shared/wireContract.ts';
import type { TracerName } from '../bundle/entries.ts';
import { formatValue } from '../definition/checks/check.ts';
import {
  type Amount,
  amount,
  anything,
  either,
  fixChoice,
  isRecord,
  kind,
  type Members,
  object,
  required,
} from '../definition/shape.ts';
import { invalid, resource } from './invalid.ts';
import { isPublicHost, withoutTokens } from './publicHost.ts';

/** Sends the spans of authorizer and handlers to a collector, by OTLP over HTTP. */
export interface OpenTelemetryProps {
  /**
   * Base URL of the collector, to which `/v1/traces` is appended: an https URL of at most 256 characters of a public host, without user,
   * query, fragment and slash at the end, or `http://localhost:4318`, where an extension of the functions listens.
   */
  readonly endpoint: string;
  /**
   * The headers that the collector needs, as `name=value,name=value` with percent-encoded values. Only with an https endpoint.
   * @default - none
   */
  readonly headers?: ISecret;
  /** The part of the requests that is recorded, 0.00001–1. The request id decides, not the client. @default 0.05 */
  readonly sampling?: number;
}

/** Where spans go. */
export interface TracingSettings {
  /** X-Ray traces of gateway and functions. */
  readonly tracing: boolean;
  readonly collector:
    | (Required<Pick<OpenTelemetryProps, 'endpoint' | 'sampling'>> & Pick<OpenTelemetryProps, 'headers'>)
    | undefined;
  /** What is in the bundles. */
  readonly tracer: TracerName | undefined;
}

const DEFAULT_SAMPLING = 0.05;
const LONGEST_ENDPOINT = 256;
/** Where an extension of the functions listens. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const WITH_HOST = /^https?:\/\/[^\s\\\p{C}]+$/u;

/** The part of the requests that is recorded. */
const SAMPLING: Amount = {
  min: 0.00001,
  max: 1,
  decimals: 'any',
  why: 'It is the part of all requests, such as 0.05 for one in twenty. Leave tracing out to record none.',
};
const COLLECTOR: Members<OpenTelemetryProps> = {
  endpoint: required(anything, 'the base URL of a collector'),
  headers: resource(
    'a secret of Secrets Manager',
    'secretArn',
    'Store the headers as name=value,name=value in a secret: in the template, many could read them.',
  ),
  sampling: amount(SAMPLING),
};
const KINDS = "true, false, 'xray', or an object with the endpoint of a collector";

/** The form of the prop `tracing`. A string is shown if it is a misspelt name: a URL can contain a key. */
export const tracingShape = either(isRecord, object(COLLECTOR), (value, location) => {
  const fix =
    fixChoice(value, ['xray']) ??
    "Write 'xray' for X-Ray, or { endpoint: 'https://collector.example.com' } for a collector of OpenTelemetry.";
  const isShown = typeof value !== 'string' || /^[\w -]{0,20}$/.test(value);
  return kind(KINDS, (one) => typeof one === 'boolean' || one === 'xray', { secret: !isShown, fix })(value, location);
});

/**
 * Reads the prop `tracing`.
 *
 * @throws {ConfigError} `option-invalid`.
 */
export function tracingOf(tracing: boolean | 'xray' | OpenTelemetryProps = false): TracingSettings {
  if (typeof tracing !== 'object') {
    const isOn = tracing !== false;
    return { tracing: isOn, collector: undefined, tracer: isOn ? 'xray' : undefined };
  }
  const { headers, sampling = DEFAULT_SAMPLING } = tracing;
  const endpoint = collectorEndpoint(tracing.endpoint);
  if (headers !== undefined && !endpoint.startsWith('https://')) throw headersWithoutTls();
  const collector = { endpoint, sampling, ...(headers === undefined ? {} : { headers }) };
  return { tracing: false, collector, tracer: 'otlp' };
}

/** The variables of a function that sends spans to a collector. */
export function collectorEnvironment(
  collector: TracingSettings['collector'],
): TracingEnvironment | Record<string, never> {
  if (collector === undefined) return {};
  const { endpoint, sampling, headers } = collector;
  return {
    SECURE_API_OTLP_ENDPOINT: endpoint,
    SECURE_API_OTLP_SAMPLING: String(sampling),
    ...(headers === undefined ? {} : { SECURE_API_OTLP_HEADERS_SECRET: headers.secretArn }),
  };
}

function headersWithoutTls() {
  return invalid({
    location: 'tracing.headers',
    found: 'headers, and an endpoint without TLS',
    expected: 'an https endpoint, or no headers',
    fix: 'Give the headers to the extension that listens on this endpoint; it sends the spans on.',
  });
}

function collectorEndpoint(endpoint: unknown): string {
  const found = endpointFault(endpoint);
  if (found === undefined) return endpoint as string;
  throw invalid({
    location: 'tracing.endpoint',
    found,
    expected:
      'an https URL of a public host without user, query, fragment and slash at the end, or http and a loopback host',
    fix: "Write the base URL of the collector, such as https://collector.example.com or http://localhost:4318; '/v1/traces' is appended. A key of the collector belongs into the secret of tracing.headers.",
  });
}

/** What is wrong with the address of a collector. It is not shown: it can contain a key. */
function endpointFault(endpoint: unknown): string | undefined {
  if (typeof endpoint !== 'string') return formatValue(endpoint);
  const isToken = Token.isUnresolved(endpoint);
  if (!isToken && endpoint.length > LONGEST_ENDPOINT) return `a string of ${endpoint.length} characters`;
  // What is known only at deployment is a part after the protocol.
  const url = WITH_HOST.test(endpoint) ? URL.parse(withoutTokens(endpoint)) : null;
  if (url === null) return 'a string that is no URL of http or https';
  const { protocol, hostname, username, password, pathname } = url;
  if (username !== '' || password !== '') return 'a URL with a user or a password';
  if (endpoint.includes('?') || endpoint.includes('#')) return 'a URL with a query or a fragment';
  if (endpoint.endsWith('/')) return 'a URL with a slash at the end';
  if (hideSecrets(pathname) !== pathname) return 'a URL with a secret in its path';
  if (protocol === 'http:')
    return LOOPBACK.includes(hostname) ? undefined : 'http and another host than a loopback one';
  return isPublicHost(hostname) ? undefined : `https and ${hostname}, which is no host of the Internet`;
}

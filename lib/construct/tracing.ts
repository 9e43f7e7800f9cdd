import { Token } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { TracingEnvironment } from '../../lambdas/shared/wireContract.ts';
import type { TracerName } from '../bundle/entries.ts';
import { formatValue } from '../definition/checks/check.ts';
import { invalid } from './invalid.ts';

/** Sends the spans of authorizer and handlers to a collector, by OTLP over HTTP. */
export interface OpenTelemetryProps {
  /**
   * Base URL of the collector, to which `/v1/traces` is appended: an https URL of at most 256 characters without user, query, fragment and
   * slash at the end, or `http://localhost:4318`, where an extension of the functions listens.
   */
  readonly endpoint: string;
  /**
   * The headers that the collector needs, as `name=value,name=value` with percent-encoded values. Only with an https endpoint.
   * @default - none
   */
  readonly headers?: ISecret;
  /** The part of the requests that is recorded, 0–1. The request id decides, not the client. @default 0.05 */
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
const COLLECTOR =
  /^(?:https:\/\/[^\s/?#@]+|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?)(?:\/[^\s?#@]*[^\s?#@/])?$/;

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
  if (headers !== undefined && !tracing.endpoint.startsWith('https://')) throw headersWithoutTls();
  const collector = {
    endpoint: collectorEndpoint(tracing.endpoint),
    sampling: samplingShare(sampling),
    ...(headers === undefined ? {} : { headers }),
  };
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

function samplingShare(share: number): number {
  if (typeof share === 'number' && share >= 0 && share <= 1) return share;
  throw invalid({
    location: 'tracing.sampling',
    found: formatValue(share),
    expected: 'a number from 0 to 1',
    fix: 'It is the part of all requests, such as 0.05 for one in twenty.',
  });
}

/** The value is not shown: it can contain a key of the collector. */
function collectorEndpoint(endpoint: string): string {
  const isUrl = Token.isUnresolved(endpoint)
    ? endpoint.startsWith('https://')
    : COLLECTOR.test(endpoint) && URL.canParse(endpoint) && endpoint.length <= LONGEST_ENDPOINT;
  if (isUrl) return endpoint;
  throw invalid({
    location: 'tracing.endpoint',
    found: typeof endpoint === 'string' ? 'another string' : formatValue(endpoint),
    expected: 'an https URL without user, query, fragment and slash at the end, or http and a loopback host',
    fix: "Write the base URL of the collector, such as https://collector.example.com or http://localhost:4318; '/v1/traces' is appended.",
  });
}

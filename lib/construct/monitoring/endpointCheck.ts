import { Duration, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { EndpointCheckEnvironment } from '../../../lambdas/shared/wireContract.ts';
import type { ConfigError } from '../../definition/errors.ts';
import { hostNamesOf } from '../edge/hostNames.ts';
import { isShared, publicAddressOf } from '../edge/publicAddress.ts';
import { lowestVersion, type TlsSettings } from '../edge/tls.ts';
import { createFunction, type FunctionProps } from '../functions/function.ts';
import type { FunctionBundle } from '../functions/pendingCode.ts';
import { runRegularly } from '../functions/schedule.ts';
import { invalid } from '../invalid.ts';
import type { SecureApiProps } from '../props.ts';
import { CERTIFICATE_DAYS } from './certificateAlarm.ts';

/** How often the canary runs. */
export const CANARY_PERIOD = Duration.hours(1);
const MEMORY_MB = 256;
/** Ten names, each with three attempts of twenty seconds at most. */
const TIMEOUT_SECONDS = 660;
const NEXT_RUN_REPORTS = 'A lost run does no harm: the next one, an hour later, examines the same.';

export interface EndpointCheckParts extends FunctionProps {
  readonly tls: TlsSettings;
  readonly bundle: FunctionBundle;
  readonly props: Pick<SecureApiProps, 'alarms' | 'domain' | 'mtls'>;
}

/**
 * The function that examines the names of an API every hour.
 *
 * @throws {ConfigError} `option-invalid` without a domain, with one that is shared by a header, and with mutual TLS.
 */
export function endpointCheck(scope: Construct, parts: EndpointCheckParts): LambdaFunction {
  const { api, bundle, props } = parts;
  const { domain } = props;
  if (domain === undefined) {
    throw wrong(
      'true without domain',
      'a domain',
      'Add domain, or leave canary out: the execute-api address is that of AWS.',
    );
  }
  if (props.mtls !== undefined) {
    throw wrong('true with mtls', 'one of them', 'Run secure-api domain check with a client certificate instead.');
  }
  if (isShared(domain) && domain.header !== undefined) {
    throw wrong(
      'true with a domain that is shared by a header',
      'one of them',
      'Run secure-api domain check on a schedule instead, or share the domain by basePath: the canary sends no header.',
    );
  }
  const names = isShared(domain) ? [domain.shared.name] : hostNamesOf(domain);
  const { basePath } = publicAddressOf(domain);
  const floor = lowestVersion(parts.tls, parts.cloudFront !== undefined);
  const endpoints = names
    .filter((name) => !name.startsWith('*.'))
    .map((name) => ({ name, path: basePath === '' ? '/' : `/${basePath}/`, floor }));
  const environment: EndpointCheckEnvironment = {
    SECURE_API_ENDPOINTS: Stack.of(scope).toJsonString(endpoints),
    SECURE_API_CERTIFICATE_DAYS: String(props.alarms?.certificateDays ?? CERTIFICATE_DAYS),
  };
  const fn = createFunction(new Construct(scope, 'Canary'), parts, {
    bundle,
    description: `${api.name}: examines its names as a client does`,
    environment,
    memoryMb: MEMORY_MB,
    timeoutSeconds: TIMEOUT_SECONDS,
    withoutQueueBecause: NEXT_RUN_REPORTS,
  });
  runRegularly(fn, fn, {
    every: CANARY_PERIOD,
    description: 'Examines the names of the API',
    notRepeatedBecause: NEXT_RUN_REPORTS,
  });
  return fn;
}

function wrong(found: string, expected: string, fix: string): ConfigError {
  return invalid({ location: 'canary', found, expected, fix });
}

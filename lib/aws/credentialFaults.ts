import { ConfigError } from '../definition/errors.ts';

/** No region is known. */
export function noRegion(): ConfigError {
  return new ConfigError({
    code: 'option-missing',
    location: '--region',
    found: 'neither the option, AWS_REGION nor a region of the profile',
    expected: 'the region of the deployment',
    fix: 'Give it: --region eu-west-1.',
  });
}

/** The credentials are missing, or AWS does not accept them. */
export function unusableCredentials(error: unknown): ConfigError {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return new ConfigError({
    code: 'credentials-unusable',
    location: 'AWS credentials',
    found: name === 'Error' ? message : `${name}: ${message}`,
    expected: 'credentials that AWS accepts in the region',
    fix: 'Sign in ("aws sso login"), set AWS_PROFILE, or enable the region for the account.',
  });
}

/** Names of errors about credentials that are missing, unknown, expired or wrong, or about a region that the account has not enabled. */
export const UNAUTHENTICATED =
  /ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|CredentialsProviderError|TokenRefreshRequired|InvalidAccessKeyId|IncompleteSignature|TokenProviderError/;

/** What is wrong with the configuration of AWS, if an error of the SDK says so. */
export function configurationFault(error: unknown): ConfigError | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.message === 'Region is missing') return noRegion();
  return UNAUTHENTICATED.test(error.name) ? unusableCredentials(error) : undefined;
}

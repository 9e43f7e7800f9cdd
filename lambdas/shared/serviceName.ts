/**
 * The name that entries and metrics have of a service, from the variable that Powertools reads, or what Powertools calls one without a name.
 *
 * @example
 * ```ts
 * serviceName({ POWERTOOLS_SERVICE_NAME: 'documents' });
 * ```
 */
export function serviceName(environment: NodeJS.ProcessEnv): string {
  return environment['POWERTOOLS_SERVICE_NAME']?.trim() || 'service_undefined';
}

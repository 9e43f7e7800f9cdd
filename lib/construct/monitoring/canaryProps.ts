/**
 * What the canary does.
 *
 * @example
 * ```ts
 * import type { CanaryProps } from 'secure-api';
 *
 * export const canary: CanaryProps = { endpoints: true, route: 'health' };
 * ```
 */
export interface CanaryProps<Id extends string = string> {
  /**
   * Examines each name of the domain every hour: trust, name and days of the certificate, the floor of TLS, HSTS. The alarm
   * `endpoint-faults` fires when it finds a fault twice. It needs a domain without `mtls`, and a certificate that the CAs of Node.js lead
   * to. @default - false
   */
  readonly endpoints?: boolean;
  /**
   * Id of a route that it requests every minute: public, `GET`, without parameters that clients have to send, and no mutual TLS. Choose one
   * that reads what the others need, such as the table. The alarm `canary-failed` fires when three of five requests do not end with 2xx
   * within ten seconds, or when requests end. With it, an API without traffic still has evidence that an error is over.
   * @default - no route
   */
  readonly route?: Id;
}

import { VIEWER_ADDRESS } from './edgeHeaders.ts';
import type { EdgeEnvironment, Readable } from './wireContract.ts';

type Values = Readonly<Record<string, string | undefined>> | null;

/** What an event of API Gateway says about where its request comes from. */
interface AddressedEvent {
  readonly headers?: Values | undefined;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined;
  readonly requestContext?: { readonly identity?: { readonly sourceIp?: string | null } } | undefined;
}

/**
 * The address of the client; undefined where the event has none. Behind CloudFront (`SECURE_API_EDGE`) it is in a header, because the
 * connection comes from CloudFront. If this header is missing, malformed or sent more than once, the address is that of the connection: such
 * requests share one count, and none can choose its address.
 */
export function clientAddress(
  event: AddressedEvent,
  environment: Readable<EdgeEnvironment> = process.env,
): string | undefined {
  const ofConnection = event.requestContext?.identity?.sourceIp ?? undefined;
  if (environment.SECURE_API_EDGE !== 'cloudfront') return ofConnection;
  // Loaded when needed: it is a tenth of what a small function loads.
  const { isIP } = process.getBuiltinModule('node:net');
  const [value, ...others] = valuesOf(event);
  return others.length === 0 && value !== undefined && isIP(value) !== 0 ? value : ofConnection;
}

/** Every value, whatever the case of the name. */
function valuesOf({ headers, multiValueHeaders }: AddressedEvent): readonly string[] {
  const isNamed = ([name]: readonly [string, unknown]) => name.toLowerCase() === VIEWER_ADDRESS;
  const many = Object.entries(multiValueHeaders ?? {}).filter(isNamed);
  if (many.length > 0) return many.flatMap(([, values]) => values ?? []);
  return Object.entries(headers ?? {})
    .filter(isNamed)
    .flatMap(([, value]) => value ?? []);
}

/** What the local services of AWS have in common: JSON over loopback, signed requests, and resources that an update replaces. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRecord, type Json } from '../assembly/values.ts';
import { createServer, LOOPBACK, listen, shut } from './loopback.ts';
import { requireSignature, type ServiceRules } from './requireSignature.ts';
import type { Access } from './signature.ts';

/** A running service. */
export interface SignedService<Resource> {
  readonly url: string;
  /** Serves these resources from now on. */
  update(resources: readonly Resource[]): void;
  close(): Promise<void>;
}

export interface ServiceResponse {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Json;
}

/** One kind of service. */
export interface ServiceKind<Resource> extends Omit<ServiceRules, 'scope'> {
  /** The name in signatures, such as `wafv2`. */
  readonly service: string;
  /** @param resources those of the last update */
  run(request: IncomingMessage, resources: () => readonly Resource[]): Promise<ServiceResponse>;
  /** The response to what `run` throws. */
  failure(error: unknown): ServiceResponse;
}

/** @param access whose signatures count */
export async function startSignedService<Resource>(
  { service, run, failure, ...rules }: ServiceKind<Resource>,
  first: readonly Resource[],
  access: Access,
): Promise<SignedService<Resource>> {
  let resources = first;
  const server = createServer((request, response) => {
    run(request, () => resources)
      .catch(failure)
      .then((result) => send(response, result, rules.mediaType));
  });
  requireSignature(server, { scope: { ...access, service }, ...rules });
  const port = await listen(server);
  return {
    url: `http://${LOOPBACK}:${port}`,
    update: (next) => {
      resources = next;
    },
    close: () => shut(server),
  };
}

/** The object in a body; undefined where it is none. */
export function objectIn(text: string): Json | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status = 200, headers, body }: ServiceResponse, mediaType: string): void {
  response.writeHead(status, {
    'content-type': mediaType,
    'x-amzn-requestid': randomUUID(),
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(JSON.stringify(body));
}

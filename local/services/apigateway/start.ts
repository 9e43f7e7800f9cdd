import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRecord, type Json } from '../../assembly/values.ts';
import { createServer, LOOPBACK, listen, readBody, shut } from '../loopback.ts';
import { requireSignature } from '../requireSignature.ts';
import type { Access } from '../signature.ts';
import { ApiGatewayError } from './error.ts';
import { type ControlPlane, OPERATIONS } from './operations.ts';

/** A running endpoint on loopback, for `AWS_ENDPOINT_URL_API_GATEWAY`. */
export interface ControlPlaneEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

const BODY_LIMIT = 64 * 1024;

/**
 * A control plane of API Gateway that manages API keys, in REST JSON.
 *
 * @param plane is read by each operation, so its members can change in between
 * @param access whose signatures count
 */
export async function startControlPlane(plane: ControlPlane, access: Access): Promise<ControlPlaneEndpoint> {
  const server = createServer((request, response) => {
    runOperation(request, plane)
      .catch((error: unknown) => rejection(error))
      .then(({ status, body, code }) => send(response, status, body, code));
  });
  const scope = { ...access, service: 'apigateway' };
  requireSignature(server, { scope, mediaType: 'application/json', bodyLimit: BODY_LIMIT });
  const port = await listen(server);
  return { url: `http://${LOOPBACK}:${port}`, close: () => shut(server) };
}

interface Sent {
  readonly status: number;
  readonly body?: Json;
  readonly code?: string;
}

async function runOperation(request: IncomingMessage, plane: ControlPlane): Promise<Sent> {
  const [path = '', search = ''] = (request.url ?? '/').split(/\?(.*)/s, 2);
  for (const operation of OPERATIONS) {
    const match = request.method === operation.method ? operation.path.exec(decoded(path)) : null;
    if (match === null) continue;
    const text = await readBody(request, BODY_LIMIT);
    const body = text === '' ? {} : parse(text);
    const wrong = Object.entries(operation.members ?? {}).find(([name, type]) => !isOfType(body[name], type));
    if (wrong !== undefined)
      throw new ApiGatewayError('BadRequestException', `The member ${wrong[0]} is not a ${wrong[1]}.`);
    const sent = operation.run(plane, { path: { ...match.groups }, query: new URLSearchParams(search), body });
    // What is acknowledged outlives a crash of the machine. Operations at the same time wait for one write to the disk.
    if (request.method !== 'GET') await plane.keys.stored();
    return sent;
  }
  throw new ApiGatewayError('NotFoundException', 'The local API Gateway has no such operation.');
}

/** A member that is null counts as absent. */
function isOfType(value: unknown, type: 'string' | 'boolean'): boolean {
  return value === undefined || value === null || typeof value === type;
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    throw new ApiGatewayError('BadRequestException', 'The path is not percent-encoded UTF-8.');
  }
}

function parse(text: string): Json {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isRecord(parsed)) return parsed;
  } catch {
    // Reported below.
  }
  throw new ApiGatewayError('BadRequestException', 'The body is not a JSON object.');
}

function rejection(error: unknown): Sent {
  if (error instanceof ApiGatewayError) {
    return { status: error.status, code: error.code, body: { message: error.message } };
  }
  return { status: 500, code: 'InternalFailure', body: { message: 'The local API Gateway failed.' } };
}

function send(response: ServerResponse, status: number, body: Json | undefined, code: string | undefined): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...(code === undefined ? {} : { 'x-amzn-errortype': code }),
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

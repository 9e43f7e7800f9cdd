import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as acm from '@aws-sdk/client-acm';
import * as apigateway from '@aws-sdk/client-api-gateway';
import * as cloudformation from '@aws-sdk/client-cloudformation';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as cognito from '@aws-sdk/client-cognito-identity-provider';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as lambda from '@aws-sdk/client-lambda';
import * as route53 from '@aws-sdk/client-route-53';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import * as servicequotas from '@aws-sdk/client-service-quotas';
import * as sns from '@aws-sdk/client-sns';
import * as ssm from '@aws-sdk/client-ssm';
import * as wafv2 from '@aws-sdk/client-wafv2';

/** A rejection by a service. */
export class AwsError {
  readonly code: string;
  readonly status: number;
  readonly message: string;

  constructor(code: string, status = 400, message = code) {
    this.code = code;
    this.status = status;
    this.message = message;
  }
}

/** What a request says: members of its body, or of its path and query. */
export type Input = Readonly<Record<string, unknown>>;
type Response = object | AwsError;
/** What each operation returns, in the shape of the SDK's output. `nth` counts the calls of the operation from 1. */
export type Responses = Readonly<Record<string, Response | ((input: Input, nth: number) => Response)>>;

/** One request that an endpoint got. */
export interface ReceivedCall {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly input: Input;
}

/** A loopback endpoint for all services. */
export interface AwsEndpoint extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly ReceivedCall[];
}

/** The schema of an operation in a model: kind 9, namespace, name, traits, input, output. */
type Operation = readonly [9, string, string, { http?: readonly [string, string, number] }, unknown, () => unknown];
interface Codec {
  createSerializer(): { write(schema: unknown, value: unknown): void; flush(): string | Uint8Array };
}

const MODELS: Readonly<Record<string, object>> = {
  acm,
  apigateway,
  cloudformation,
  'cognito-idp': cognito,
  dynamodb,
  lambda,
  logs,
  route53,
  secretsmanager,
  servicequotas,
  sns,
  ssm,
  wafv2,
};
const QUERY = ['cloudformation', 'sns'];
const settings = { region: 'eu-west-1' };
const json = codecOf(new acm.ACMClient(settings));
const restJson = codecOf(new apigateway.APIGatewayClient(settings));
const xml = codecOf(new route53.Route53Client(settings));

function codecOf(client: { readonly config: object }): Codec {
  const { protocol } = client.config as { readonly protocol: { readonly codec?: Codec; getPayloadCodec(): Codec } };
  return protocol.codec ?? protocol.getPayloadCodec();
}

/**
 * Serves the protocols of AWS on this machine. Responses are serialized by the service models that the SDK ships, so a member
 * that the service does not have never arrives. An operation without a response fails the request with `NotImplemented`.
 */
export async function awsEndpoint(responses: Responses): Promise<AwsEndpoint> {
  const calls: ReceivedCall[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const call = receivedCall(request, Buffer.concat(chunks).toString());
    calls.push(call);
    const { service, operation, input } = call;
    const given = responses[operation] ?? new AwsError('NotImplemented', 501);
    const nth = calls.filter((one) => one.operation === operation).length;
    const result: Response =
      typeof given === 'function' ? (given as (input: Input, nth: number) => Response)(input, nth) : given;
    if (result instanceof AwsError) response.writeHead(result.status, { 'x-amzn-errortype': result.code });
    response.end(result instanceof AwsError ? errorBody(service, result) : body(service, operation, result));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

function receivedCall(request: IncomingMessage, content: string): ReceivedCall {
  const [, region = '', service = ''] =
    /Credential=[^/]*\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    return { service, region, operation: target.split('.').at(-1) ?? '', input: JSON.parse(content || '{}') };
  }
  if (content.startsWith('Action=')) {
    const input = Object.fromEntries(new URLSearchParams(content));
    return { service, region, operation: input['Action'] ?? '', input };
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const found = operationsOf(service).find(
    ([, , , { http }]) => http?.[0] === request.method && pathPattern(http?.[1] ?? '').test(pathname),
  );
  const parameters = pathPattern(found?.[3].http?.[1] ?? '/').exec(pathname)?.groups ?? {};
  return {
    service,
    region,
    operation: found?.[2] ?? pathname,
    input: { ...parameters, ...Object.fromEntries(searchParams) },
  };
}

function operationsOf(service: string): readonly Operation[] {
  const members: readonly unknown[] = Object.values(MODELS[service] ?? {});
  return members.filter((member): member is Operation => Array.isArray(member) && member[0] === 9);
}

function pathPattern(template: string): RegExp {
  const path = template.split('?')[0] ?? '';
  return new RegExp(`^${path.replaceAll(/\{(\w+)\+?\}/g, '(?<$1>[^/]+)')}/?$`);
}

function body(service: string, operation: string, result: object): string {
  if (service === 'sts') {
    return `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${(result as { Arn: string }).Arn}</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`;
  }
  const found = operationsOf(service).find(([, , name]) => name === operation);
  if (found === undefined) throw new Error(`${service} has no operation ${operation}`);
  const codec =
    service === 'route53' || QUERY.includes(service)
      ? xml
      : service === 'apigateway' || service === 'lambda'
        ? restJson
        : json;
  const serializer = codec.createSerializer();
  serializer.write(found[5](), result);
  const bytes = serializer.flush();
  const text = typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes);
  if (!QUERY.includes(service)) return text;
  const members = text.replace(/^<[^>]*>/, '').replace(/<\/[^>]*>$/, '');
  return `<${operation}Response><${operation}Result>${text.endsWith('/>') ? '' : members}</${operation}Result></${operation}Response>`;
}

function errorBody(service: string, { code, message }: AwsError): string {
  if (service !== 'route53' && service !== 'sts' && !QUERY.includes(service))
    return JSON.stringify({ __type: code, message });
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
}

import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { join } from 'node:path';
import type { Ready } from '../../contracts.ts';
import { handWritten, SMALLEST_API } from './assembly.ts';
import { functionOf, invocationOf } from './routes.ts';

/** Code of a function that responds with its event. */
const ECHO = 'exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });';

/** A stack with these domains, whose APIs respond with the event. */
export interface DomainStack {
  /** Names of APIs. */
  readonly apis: readonly string[];
  readonly api?: object;
  /** Properties by logical id; `DomainName` is needed. */
  readonly domains: Readonly<Record<string, object>>;
  /** More resources. */
  readonly resources?: object;
  /** PEM of the trust store of a domain: `s3://assets/trust.pem`. */
  readonly trustStore?: string;
}

/** Writes the assembly, with a trust store as an asset. */
export function domainAssembly({ apis, api = {}, domains, resources = {}, trustStore }: DomainStack): string {
  const { Api, Stage } = SMALLEST_API;
  const integration = { type: 'aws_proxy', httpMethod: 'POST', uri: invocationOf('Echo') };
  const operation = { 'x-amazon-apigateway-integration': integration };
  const body = { ...Api.Properties.Body, paths: { '/{proxy+}': { get: operation }, '/': { get: operation } } };
  const made = apis.flatMap((name) => [
    [name, { ...Api, Properties: { ...Api.Properties, ...api, Name: name, Body: body } }],
    [`${name}Stage`, { ...Stage, Properties: { RestApiId: { Ref: name }, StageName: 'live' } }],
  ]);
  const named = Object.entries(domains).map(([id, Properties]) => [
    id,
    { Type: 'AWS::ApiGateway::DomainName', Properties },
  ]);
  const folder = handWritten({
    Resources: { ...Object.fromEntries([...made, ...named]), Echo: functionOf(ECHO), ...resources },
  });
  if (trustStore === undefined) return folder;
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const assets = { type: 'cdk:asset-manifest', properties: { file: 'Sample.assets.json' } };
  manifest.artifacts['Sample.assets'] = assets;
  manifest.artifacts.Sample.dependencies = ['Sample.assets'];
  const destinations = { current: { bucketName: 'assets', objectKey: 'trust.pem' } };
  const files = { trust: { source: { path: 'trust.pem', packaging: 'file' }, destinations } };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'Sample.assets.json'), JSON.stringify({ version: '55.0.0', files, dockerImages: {} }));
  writeFileSync(join(folder, 'trust.pem'), trustStore);
  return folder;
}

/** A base path mapping of a domain. */
export function mapping(domain: string, api: string, BasePath?: string): object {
  const Properties = {
    DomainName: { Ref: domain },
    RestApiId: { Ref: api },
    Stage: 'live',
    ...(BasePath && { BasePath }),
  };
  return { Type: 'AWS::ApiGateway::BasePathMapping', Properties };
}

interface Result {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** What the function got. */
  // biome-ignore lint/suspicious/noExplicitAny: an event is any JSON.
  readonly event: () => any;
}

/** Sends a request as `curl --resolve <host>:<port>:127.0.0.1` does. */
export function ask(ready: Ready, host: string, path: string, options: RequestOptions = {}): Promise<Result> {
  const { port } = new URL(ready.url);
  const servername = options.servername ?? host;
  const headers = { host: `${host}:${port}`, ...options.headers };
  const ca = readFileSync(ready.ca);
  return new Promise((done, fail) => {
    const call = request(
      { ca, port, path, agent: false, ...options, host: '127.0.0.1', servername, headers },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        const { statusCode: status = 0, headers: received } = response;
        response.once('end', () => done({ status, headers: received, text, event: () => JSON.parse(text) }));
      },
    );
    call.once('error', fail).end();
  });
}

/** Follows the metadata that a rejection without a token names (RFC 9728), as a client does: its URL, and the resource in it. */
export async function metadataOf(
  ready: Ready,
  host: string,
  path: string,
): Promise<{ readonly url: URL; readonly resource: unknown }> {
  const { headers } = await ask(ready, host, path);
  const [, named = ''] = /resource_metadata="([^"]+)"/.exec(headers['www-authenticate'] ?? '') ?? [];
  const url = new URL(named);
  const { status, text } = await ask({ ...ready, url: url.origin }, url.hostname, url.pathname);
  return { url, resource: status === 200 ? JSON.parse(text).resource : status };
}

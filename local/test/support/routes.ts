import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import type { LocalGateway } from '../../contracts.ts';
import { handWritten, SMALLEST_API } from './assembly.ts';

/** A route with its function, named after the path. */
export interface TestRoute {
  /** The source of the function, CommonJS. */
  readonly code: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** More of the operation, such as `security`. */
  readonly operation?: object;
}

export interface TestStack {
  /** By path, such as `/one`. */
  readonly routes: Readonly<Record<string, TestRoute>>;
  /** More of the body of the API. */
  readonly body?: object;
  /** More of the properties of the API and of its stage. */
  readonly api?: object;
  readonly stage?: object;
  /** More resources. */
  readonly resources?: object;
}

/** Code of a function that responds with a string. */
export const says = (text: string): string =>
  `exports.handler = async () => ({ statusCode: 200, body: ${JSON.stringify(text)} });`;

/** Code of a function that says in a folder that it has begun, and responds when {@link finish} is called. */
export const waits = (
  folder: string,
  text: string,
): string => `const { existsSync, writeFileSync } = require('node:fs');
  exports.handler = async () => {
    writeFileSync(${JSON.stringify(join(folder, 'begun'))}, '');
    while (!existsSync(${JSON.stringify(join(folder, 'finish'))})) await new Promise((done) => setTimeout(done, 10));
    return { statusCode: 200, body: ${JSON.stringify(text)} };
  };`;

export const hasBegun = (folder: string): boolean => existsSync(join(folder, 'begun'));
export const finish = (folder: string): void => writeFileSync(join(folder, 'finish'), '');

/** The assembly of a small stack with an API, each of whose routes has a function. */
export function routesAssembly({ routes, body = {}, api = {}, stage = {}, resources = {} }: TestStack): string {
  const { Api, Stage } = SMALLEST_API;
  const paths = Object.keys(routes).map((path) => {
    const integration = { type: 'aws_proxy', httpMethod: 'POST', uri: invocationOf(idOf(path)) };
    return [path, { get: { 'x-amazon-apigateway-integration': integration, ...routes[path]?.operation } }];
  });
  const functions = Object.entries(routes).map(([path, { code, environment = {} }]) => [
    idOf(path),
    functionOf(code, environment),
  ]);
  return handWritten({
    Resources: {
      Api: {
        ...Api,
        Properties: { ...Api.Properties, ...api, Body: { ...Api.Properties.Body, ...body, paths: fromEntries(paths) } },
      },
      Stage: { ...Stage, Properties: { ...Stage.Properties, ...stage } },
      ...fromEntries(functions),
      ...resources,
    },
  });
}

/** The URI by which API Gateway invokes a function. */
export function invocationOf(logicalId: string): object {
  const path = `lambda:path/2015-03-31/functions/\${${logicalId}.Arn}/invocations`;
  return { 'Fn::Sub': `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:${path}` };
}

/** A function from its source. */
export function functionOf(code: string, environment: Readonly<Record<string, string>> = {}): object {
  const Properties = {
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Timeout: 20,
    Code: { ZipFile: code },
    Environment: { Variables: environment },
  };
  return { Type: 'AWS::Lambda::Function', Properties };
}

/** Where the code of a route's function is. */
export function codeOf({ model }: LocalGateway, path: string): string {
  const found = model.functions.find(({ logicalId }) => logicalId === idOf(path));
  if (found === undefined) throw new Error(`no function of ${path}`);
  return found.assetPath;
}

function idOf(path: string): string {
  return `Function${path.replaceAll(/\W/g, '')}`;
}

function fromEntries(entries: readonly (readonly unknown[])[]): object {
  return Object.fromEntries(entries as [string, unknown][]);
}

/** What a client under load saw. */
export interface Seen {
  /** Responses by status and text, and errors by code, with their numbers. */
  readonly counts: Readonly<Record<string, number>>;
  readonly connections: number;
}

/** Leaves some of the processor to the updates. */
const PAUSE_MS = 10;

/** Requests a path over and over, each connection one request at a time, until the returned function is called. */
export function keepRequesting({ ready }: LocalGateway, path: string, connections: number): () => Promise<Seen> {
  const agent = new Agent({ ca: readFileSync(ready.ca), keepAlive: true, maxSockets: connections });
  const counts: Record<string, number> = {};
  const sockets = new Set<unknown>();
  let isOver = false;
  const once = () =>
    new Promise<string>((done) => {
      const request = get(`${ready.url}${path}`, { agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        response.on('end', () => done(`${response.statusCode} ${text}`));
        response.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
      });
      request.on('socket', (socket) => sockets.add(socket));
      request.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    });
  const loop = async () => {
    while (!isOver) {
      const outcome = await once();
      counts[outcome] = (counts[outcome] ?? 0) + 1;
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
  };
  const running = Promise.all(Array.from({ length: connections }, loop));
  return async () => {
    isOver = true;
    await running;
    agent.destroy();
    return { counts, connections: sockets.size };
  };
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeStackOutput, type StackOutputKind } from '../../lib/definition/stackOutputs.ts';
import { temporaryFolder } from './folders.ts';
import { cognitoApi, type PoolState } from './userPoolApi.ts';
import { HostedSignIn } from './userPoolSignIn.ts';

/** A stack as CloudFormation describes it. */
export interface DeployedStack {
  readonly name: string;
  readonly account?: string;
  readonly region?: string;
  readonly status?: string;
  readonly outputs: readonly (readonly [key: string, value: string, description?: string])[];
}

/**
 * A server on the loopback that speaks for AWS: DescribeStacks of CloudFormation (query protocol), the users and groups of Cognito
 * (JSON protocol), the hosted endpoints of a user pool, and a route of an API that accepts its access tokens.
 */
export interface Cloud {
  readonly url: string;
  /** For `secure-api`: endpoints, credentials, and a home folder that the tests share with nobody. */
  readonly env: Readonly<Record<string, string>>;
  readonly home: string;
  readonly signIn: HostedSignIn;
  readonly pool: PoolState;
  /** By ARN. Several can have one name, in different regions. */
  readonly stacks: DeployedStack[];
  /** The outputs of one API, as `SecureApi` writes them. */
  outputsOf(
    api: string,
    name: string,
    changes?: Partial<Record<StackOutputKind, string | undefined>>,
  ): DeployedStack['outputs'];
  close(): void;
}

/** A route of the deployed API. */
const API_PATH = '/live/documents';
const ACCOUNT = '111122223333';
const REGION = 'eu-central-1';

/** Starts the server, with one stack `Documents`. */
export async function startCloud(callbackUrls: readonly string[]): Promise<Cloud> {
  const signIn = new HostedSignIn(callbackUrls);
  const pool: PoolState = { users: new Map(), groups: ['viewer', 'editor', 'tier:free', 'tier:premium'], calls: [] };
  const stacks: DeployedStack[] = [];
  const server = createServer((request, response) => {
    void route(request, response, { signIn, pool, stacks });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const home = temporaryFolder();
  const outputsOf: Cloud['outputsOf'] = (api, name, changes = {}) => {
    const values: Partial<Record<StackOutputKind, string | undefined>> = {
      url: 'https://api.example.com/live/',
      issuer: signIn.issuer,
      clientId: signIn.clientId,
      signInUrl: url,
      callbackUrls: callbackUrls.join(' '),
      userPoolId: 'eu-central-1_AbCdEfGhI',
      ...changes,
    };
    return Object.entries(values).flatMap(([kind, value]) =>
      value === undefined
        ? []
        : [[`${name}${kind}`, value, describeStackOutput(kind as StackOutputKind, { api, name })] as const],
    );
  };
  stacks.push({ name: 'Documents', outputs: outputsOf('documents', 'Documents-Api-1A2B3C4D') });
  const env = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
    AWS_MAX_ATTEMPTS: '1',
    HOME: home,
    XDG_CONFIG_HOME: '',
    NO_COLOR: '1',
  };
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url, env, home, signIn, pool, stacks, outputsOf, close };
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  { signIn, pool, stacks }: Pick<Cloud, 'signIn' | 'pool' | 'stacks'>,
): Promise<void> {
  const body = await text(request);
  const url = new URL(request.url ?? '/', 'http://localhost');
  const target = request.headers['x-amz-target'];
  if (url.pathname === API_PATH) response.writeHead(signIn.accepts(request.headers.authorization) ? 200 : 401).end();
  else if (url.pathname.startsWith('/oauth2/')) signIn.respond(request, url, body, response);
  else if (typeof target === 'string') cognitoApi(pool, target.split('.')[1] ?? '', JSON.parse(body), response);
  else describeStacks(new URLSearchParams(body), regionOf(request), stacks, response);
}

/** The region that the request is signed for. */
function regionOf(request: IncomingMessage): string {
  return /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
}

function describeStacks(
  form: URLSearchParams,
  signed: string,
  stacks: readonly DeployedStack[],
  response: ServerResponse,
): void {
  const wanted = form.get('StackName') ?? '';
  const found = stacks.find(
    ({ name, account = ACCOUNT, region = REGION }) =>
      region === signed && (wanted === name || wanted === arnOf(name, account, region)),
  );
  response.setHeader('Content-Type', 'text/xml');
  if (found === undefined) {
    const message = `Stack with id ${wanted} does not exist`;
    response
      .writeHead(400)
      .end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`,
      );
    return;
  }
  const { name, account = ACCOUNT, region = REGION, status = 'CREATE_COMPLETE', outputs } = found;
  const members = outputs.map(
    ([key, value, description]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue>${description === undefined ? '' : `<Description>${description}</Description>`}</member>`,
  );
  response.end(`<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${name}</StackName>
<StackId>${arnOf(name, account, region)}</StackId><CreationTime>2026-11-01T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus>
<Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`);
}

/** The ARN of a stack. */
export function arnOf(name: string, account = ACCOUNT, region = REGION): string {
  return `arn:aws:cloudformation:${region}:${account}:stack/${name}/5f4dcc3b-0000-11ee-b056-02bec084ce62`;
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

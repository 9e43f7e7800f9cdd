import { isRecord } from '../../lambdas/shared/json.ts';
import type { AuthorizerEnvironment, MetricsEnvironment } from '../../lambdas/shared/wireContract.ts';
import type { ConfigError } from '../definition/errors.ts';
import { readStackOutput, type StackOutputKind } from '../definition/stackOutputs.ts';
import { type DocumentIssuer, type DocumentServer, serverOf } from '../openapi/index.ts';
import { readStack } from '../preflight/index.ts';
import { deployedApi } from './deployedApi.ts';
import { invalidOption, missingOption } from './options.ts';

/** What a stack adds to the document: where clients reach the API, and whose tokens it accepts. */
export interface DocumentDeployment {
  readonly servers: readonly DocumentServer[];
  readonly issuers: readonly DocumentIssuer[];
}

/** Which API of which stack. */
export interface DeploymentSelection {
  /** A cloud assembly; without it the stack is a deployed one. */
  readonly assembly?: string;
  readonly stack?: string;
  readonly api?: string;
  /** Of the deployed stack, or of a stack whose app fixes none. */
  readonly region?: string;
}

type Json = Readonly<Record<string, unknown>>;
type Variables = Record<string, { readonly default: string; readonly description: string }>;

type AuthorizerVariables = Partial<Record<keyof (AuthorizerEnvironment & MetricsEnvironment), unknown>>;

const NOTHING: DocumentDeployment = { servers: [], issuers: [] };
const REGION = ['region', { default: 'us-east-1', description: 'The AWS region of the stack.' }] as const;
const API_ID = [
  'apiId',
  { default: 'API_ID', description: 'The id of the REST API, in the output of the deployed stack.' },
] as const;

/**
 * Reads an API of a cloud assembly, or of a deployed stack. What only a deployment knows is a variable of the server.
 *
 * @throws {ConfigError} `option-invalid` and `option-missing` where none or several are meant, or the template does not have the URL;
 * `api-not-deployed`.
 */
export async function documentDeployment(selection: DeploymentSelection): Promise<DocumentDeployment> {
  const { assembly, stack, api, region } = selection;
  if (assembly !== undefined) {
    const synthesized = readStack(assembly, stack);
    return fromTemplate(synthesized.template, synthesized.region ?? region, api);
  }
  if (stack !== undefined) {
    const { outputs } = await deployedApi({ stack, api, region });
    const { url, issuer } = outputs;
    return {
      servers: url === undefined ? [] : [serverOf(url, '--stack')],
      issuers: issuer === undefined ? [] : [{ issuer }],
    };
  }
  const given = api !== undefined ? '--api' : region !== undefined ? '--region' : undefined;
  if (given === undefined) return NOTHING;
  const fix = `Name the stack, or leave ${given} out.`;
  throw missingOption({ location: '--stack', found: `${given} alone`, expected: 'the stack of the API', fix });
}

function fromTemplate(template: Json, region: string | undefined, api: string | undefined): DocumentDeployment {
  const apis = new Map<
    string,
    { readonly definition: string; readonly outputs: Partial<Record<StackOutputKind, unknown>> }
  >();
  for (const output of Object.values(recordOf(template['Outputs']))) {
    const { Description, Value } = recordOf(output);
    const found = typeof Description === 'string' ? readStackOutput(Description) : undefined;
    if (found === undefined) continue;
    const known = apis.get(found.name)?.outputs;
    apis.set(found.name, { definition: found.api, outputs: { ...known, [found.kind]: Value } });
  }
  const matching = [...apis].filter(([name, { definition }]) => api === undefined || [name, definition].includes(api));
  const [only] = matching;
  const found =
    [...apis].map(([name, { definition }]) => `${definition} (${name})`).join(', ') || 'no API of SecureApi';
  const names = [...apis.keys()].join(', ');
  if (only === undefined && api !== undefined && apis.size > 0) {
    throw invalidOption({
      location: '--api',
      found: JSON.stringify(api),
      expected: `one of ${names}`,
      fix: 'Name an API of the stack.',
    });
  }
  if (only === undefined) {
    throw invalidOption({
      location: '--assembly',
      found,
      expected: 'the outputs of the API',
      fix: 'Name the assembly of a stack with an API, and check --stack.',
    });
  }
  if (matching.length > 1) {
    throw (api === undefined ? missingOption : invalidOption)({
      location: '--api',
      found: api === undefined ? `several APIs: ${found}` : `${JSON.stringify(api)}, the definition of several APIs`,
      expected: `one of ${matching.map(([name]) => name).join(', ')}`,
      fix: `Select one: --api ${only[0]}.`,
    });
  }
  const [name, { outputs }] = only;
  return {
    servers: [templateServer(template, region, outputs.url)],
    issuers: templateIssuers(template, region, name),
  };
}

/** The URL of the output, with a variable for each value that only a deployment knows. */
function templateServer(template: Json, region: string | undefined, value: unknown): DocumentServer {
  const variables: Variables = {};
  const url = textOf(value, region, (reference) => {
    const { Type, Properties } = recordOf(recordOf(template['Resources'])[reference]);
    const { StageName, DomainName } = recordOf(Properties);
    if (Type === 'AWS::ApiGateway::Stage') return String(StageName);
    if (Type === 'AWS::ApiGateway::DomainName' && typeof DomainName === 'string') return DomainName;
    if (reference !== 'AWS::Region' && Type !== 'AWS::ApiGateway::RestApi') throw unknownUrl(reference);
    const [variable, content] = reference === 'AWS::Region' ? REGION : API_ID;
    variables[variable] = content;
    return `{${variable}}`;
  });
  const plain = url.replace(/\/+$/, '');
  return Object.keys(variables).length === 0 ? serverOf(plain, '--assembly') : { url: plain, variables };
}

/** Such as that of a nested stack, whose template is another file, or a domain that another stack exports. */
function unknownUrl(reference: string): ConfigError {
  return invalidOption({
    location: '--assembly',
    found: `a URL that depends on ${reference}`,
    expected: 'the URL of an API whose resources are in the same template',
    fix: 'Leave --assembly out, and write --server and --issuer.',
  });
}

/** What the authorizer of the API accepts. The URL of an issuer that the stack makes is not known before a deployment. */
function templateIssuers(template: Json, region: string | undefined, name: string): readonly DocumentIssuer[] {
  for (const resource of Object.values(recordOf(template['Resources']))) {
    const { Properties, Metadata } = recordOf(resource);
    const variables: AuthorizerVariables = recordOf(recordOf(recordOf(Properties)['Environment'])['Variables']);
    const { SECURE_API_NAME: api, SECURE_API_TOKEN_ISSUERS: inEnvironment } = variables;
    const accepted = inEnvironment ?? recordOf(recordOf(Metadata)['secure-api'])['tokenIssuers'];
    if (accepted === undefined || api !== name) continue;
    const parsed: unknown = JSON.parse(textOf(accepted, region, (reference) => `{${reference}}`));
    return Array.isArray(parsed) ? parsed.filter(isRecord).map(issuerOf) : [];
  }
  return [];
}

function issuerOf(accepted: Json): DocumentIssuer {
  const issuer = String(accepted['issuer']);
  const dpop = accepted['dpop'];
  return {
    issuer,
    hasDiscovery: !('hmacSecret' in accepted) && /^https:\/\/[^{}]+$/.test(issuer),
    ...(dpop === 'optional' || dpop === 'required' ? { dpop } : {}),
  };
}

/** A string of a template, with `replace` for each reference in it whose value is not known. */
function textOf(value: unknown, region: string | undefined, replace: (reference: string) => string): string {
  if (!isRecord(value)) return String(value ?? '');
  const [[name, argument] = ['nothing', undefined]] = Object.entries(value);
  if (name === 'Ref' && argument === 'AWS::Region' && region !== undefined) return region;
  if (name === 'Ref' && argument === 'AWS::URLSuffix')
    return `amazonaws.com${region?.startsWith('cn-') === true ? '.cn' : ''}`;
  if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1])) {
    return argument[1].map((part) => textOf(part, region, replace)).join(String(argument[0]));
  }
  return replace(name === 'Ref' || name === 'Fn::GetAtt' ? [argument].flat().join('.') : name);
}

function recordOf(value: unknown): Json {
  return isRecord(value) ? value : {};
}

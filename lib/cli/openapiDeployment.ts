import { isRecord } from '../../lambdas/shared/json.ts';
import { readStackOutput, type StackOutputKind } from '../definition/stackOutputs.ts';
import { type DocumentIssuer, type DocumentServer, serverOf } from '../openapi/index.ts';
import { readStack, type SynthesizedStack } from '../preflight/index.ts';
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
  readonly region?: string;
}

type Json = Readonly<Record<string, unknown>>;
type Variables = Record<string, { readonly default: string; readonly description: string }>;

const NOTHING: DocumentDeployment = { servers: [], issuers: [] };

/**
 * Reads an API of a cloud assembly, or of a deployed stack. What only a deployment knows is a variable of the server.
 *
 * @throws {ConfigError} `option-invalid` and `option-missing` where none or several are meant, `api-not-deployed`.
 */
export async function documentDeployment(selection: DeploymentSelection): Promise<DocumentDeployment> {
  const { assembly, stack, api, region } = selection;
  if (assembly !== undefined) return fromTemplate(readStack(assembly, stack), api);
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

function fromTemplate({ template, region }: SynthesizedStack, api: string | undefined): DocumentDeployment {
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
  if (only === undefined) {
    throw invalidOption({
      location: '--assembly',
      found,
      expected: 'the outputs of the API',
      fix: 'Check --assembly and --api.',
    });
  }
  if (matching.length > 1) {
    throw missingOption({
      location: '--api',
      found,
      expected: 'the name of one of them',
      fix: `Select one: --api ${only[0]}.`,
    });
  }
  return { servers: [templateServer(template, region, only[1].outputs.url)], issuers: templateIssuers(template) };
}

/** The URL of the output, with a variable for each value that only a deployment knows. */
function templateServer(template: Json, region: string | undefined, value: unknown): DocumentServer {
  const variables: Variables = {};
  const url = textOf(value, (reference) => {
    const { Type, Properties } = recordOf(recordOf(template['Resources'])[reference]);
    if (Type === 'AWS::ApiGateway::Stage') return String(recordOf(Properties)['StageName'] ?? '');
    if (reference === 'AWS::URLSuffix') return 'amazonaws.com';
    const [name, variable] =
      reference === 'AWS::Region'
        ? (['region', { default: region ?? 'us-east-1', description: 'The AWS region of the stack.' }] as const)
        : ([
            'apiId',
            { default: 'API_ID', description: 'The id of the REST API, in the output of the deployed stack.' },
          ] as const);
    variables[name] = variable;
    return `{${name}}`;
  });
  const plain = url.replace(/\/+$/, '');
  return Object.keys(variables).length === 0 ? serverOf(plain, '--assembly') : { url: plain, variables };
}

/** What the authorizer accepts. The URL of an issuer that the stack makes is not known before a deployment. */
function templateIssuers(template: Json): readonly DocumentIssuer[] {
  for (const resource of Object.values(recordOf(template['Resources']))) {
    const environment = recordOf(recordOf(recordOf(resource)['Properties'])['Environment']);
    const accepted = recordOf(environment['Variables'])['SECURE_API_TOKEN_ISSUERS'];
    if (accepted === undefined) continue;
    const parsed: unknown = JSON.parse(textOf(accepted, (reference) => `{${reference}}`));
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

/** A string of a template, with `replace` for each reference in it. */
function textOf(value: unknown, replace: (reference: string) => string): string {
  if (!isRecord(value)) return String(value ?? '');
  if (typeof value['Ref'] === 'string') return replace(value['Ref']);
  const [separator, parts] = Array.isArray(value['Fn::Join']) ? value['Fn::Join'] : [];
  if (Array.isArray(parts)) return parts.map((part) => textOf(part, replace)).join(String(separator ?? ''));
  const attribute = value['Fn::GetAtt'];
  return Array.isArray(attribute) ? replace(attribute.join('.')) : '';
}

function recordOf(value: unknown): Json {
  return isRecord(value) ? value : {};
}

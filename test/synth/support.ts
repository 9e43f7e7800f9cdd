import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { documents } from '../../lambdas/documents/api.ts';
import { bundleFunctions } from '../../lib/bundle/bundle.ts';
import { Identity, SecureApi, type SecureApiProps } from '../../lib/construct/index.ts';
import type { ConfigFault } from '../../lib/definition/errors.ts';
import { type Api, ConfigError, defineApi, defineRoles, get, post } from '../../lib/definition/index.ts';
import { root, temporaryFolder, writeFiles } from '../support/folders.ts';
import { handlersOf, writeHandlers } from '../support/generated.ts';

export const oidc = () =>
  Identity.oidc({ issuer: 'https://login.example.com', jwksUri: 'https://login.example.com/keys', audience: 'tests' });

/** Runs something with a fresh folder, and removes the folder. */
export function withFolder<T>(use: (folder: string) => T): T {
  const folder = temporaryFolder();
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Bundles {@link smallApi} with these files beside or instead of its handlers; `undefined` removes one. */
export const bundledWith = (files: Readonly<Record<string, string | undefined>>) => () =>
  withFolder((folder) => {
    writeHandlers(smallApi(), folder);
    for (const [name, content] of Object.entries(files)) {
      if (content === undefined) rmSync(join(folder, name));
      else writeFiles(folder, { [name]: content });
    }
    bundleFunctions(smallApi(), folder).remove();
  });

/** The fault that something throws. */
export function faultOf(make: () => unknown): ConfigError {
  try {
    make();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
}

/** The faults of props beside valid ones, found before anything is bundled. */
export function faultsOf(props: object, stack = new Stack()): readonly ConfigFault[] {
  const others = { definition: smallApi(), handlers: 'no-such-folder', identity: oidc() };
  try {
    new SecureApi(stack, 'Api', { ...others, ...props } as never);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // Bundling comes after all checks of props.
    return error.code.startsWith('handlers-') ? [] : error.faults;
  }
  throw new Error('There are no handlers, and nothing is wrong.');
}

/** A resource as it stands in a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** All resources of a template, with their logical ids. */
export function resourcesOf(template: Template): readonly (readonly [string, Resource])[] {
  return Object.entries(template.toJSON()['Resources'] as Readonly<Record<string, Resource>>);
}

/** Whether a resource stays when its stack is deleted. */
export function isRetained({ DeletionPolicy }: Resource): boolean {
  return DeletionPolicy?.startsWith('Retain') === true;
}

/** What is at a place in a template, such as `Properties.ApiStages.0.Stage`; undefined where there is nothing. */
export function at(value: unknown, location: string): unknown {
  return location
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>> | undefined)?.[key], value);
}

/** What is at a place, as a list. */
export function listAt(value: unknown, location: string): readonly unknown[] {
  const found = at(value, location);
  return Array.isArray(found) ? found : [found].filter((one) => one !== undefined);
}

/** The logical ids and resources of a type. */
export function ofType(template: Template, type: string): readonly (readonly [string, Resource])[] {
  return Object.entries(template.findResources(type)) as unknown as readonly (readonly [string, Resource])[];
}

/** The properties of the resources of a type. */
export function propertiesOf(template: Template, type: string): readonly Resource['Properties'][] {
  return ofType(template, type).map(([, { Properties }]) => Properties);
}

/** The only resource of a type, or the one whose logical id holds a text. */
export function only(template: Template, type: string, part = ''): Resource {
  const found = ofType(template, type).filter(([id]) => id.includes(part));
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} of ${type} ${part}`);
  return first[1];
}

/** The token issuers in the environment of the authorizer. */
export function issuersOf(template: Template): readonly Record<string, unknown>[] {
  return JSON.parse(authorizerVariable(template, 'SECURE_API_TOKEN_ISSUERS'));
}

/** A variable of the authorizer, with the logical id of a resource in place of each reference. */
export function authorizerVariable(template: Template, name: string): string {
  const authorizer = only(template, 'AWS::Lambda::Function', 'Authorizer');
  return stringOf(at(authorizer, `Properties.Environment.Variables.${name}`));
}

function stringOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const joined = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  return joined === undefined ? String((value as { Ref?: string }).Ref) : joined[1].map(stringOf).join(joined[0]);
}

/** What the authorizer is allowed to do besides its log, as `action → logical id`. */
export function authorizerGrants(template: Template): readonly string[] {
  const policy = only(template, 'AWS::IAM::Policy', 'AuthorizerRole');
  return listAt(policy, 'Properties.PolicyDocument.Statement').flatMap((statement) =>
    listAt(statement, 'Action').map((action) => `${action} → ${JSON.stringify(at(statement, 'Resource'))}`),
  );
}

/** Two routes of one group and an isolated one, two tiers, and a limit for one route in one of them. */
export function smallApi(): Api {
  const done = { responses: { 200: { description: 'Done' } } };
  return defineApi(
    {
      name: 'small',
      version: '1.0.0',
      roles: defineRoles({ reader: { can: ['thing:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 90 }),
      tiers: {
        free: { rate: 10, burst: 20, quota: { requests: 1_000, per: 'DAY' } },
        paid: { rate: 50, burst: 60, quota: { requests: 90_000, per: 'MONTH' } },
      },
      routes: {
        listThings: get('/things', { permission: 'thing:read', memoryMb: 512, ...done }),
        countThings: get('/things/count', {
          permission: 'thing:read',
          timeoutSeconds: 20,
          limits: { free: { rate: 1, burst: 2 } },
          ...done,
        }),
        report: post('/things/report', { permission: 'thing:read', isolate: true, ...done }),
      },
    },
    { today: new Date('2026-11-10T00:00:00Z') },
  ) as unknown as Api;
}

/** A stack with one `SecureApi` of {@link smallApi}, not yet synthesized, and what `use` makes of it. */
export function withSmall<T>(
  props: Partial<SecureApiProps>,
  use: (api: SecureApi, stack: Stack) => T,
  env?: { account: string; region: string },
  context: Readonly<Record<string, unknown>> = {},
): T {
  return withFolder((folder) => {
    const definition = props.definition ?? smallApi();
    const handlers = handlersOf(definition);
    const app = new App({ outdir: join(folder, 'out'), context });
    const stack = new Stack(app, 'Small', { env });
    return use(new SecureApi(stack, 'Api', { definition, handlers, identity: oidc(), ...props }), stack);
  });
}

/** The template of {@link withSmall}. */
export function smallTemplate(
  props: Partial<SecureApiProps> = {},
  env?: { account: string; region: string },
): Template {
  return withSmall(props, (_, stack) => Template.fromStack(stack), env);
}

/** The sample's API in a separate stack, with a user pool. */
export function documentsTemplate(): Template {
  return withFolder((folder) => {
    const stack = new Stack(new App({ outdir: folder }), 'Sample');
    const handlers = join(root, 'lambdas/documents');
    new SecureApi(stack, 'Api', { definition: documents, handlers, identity: Identity.cognito() });
    return Template.fromStack(stack);
  });
}

/** Synthesizes a stack under both rule packs; throws when a rule is broken. */
export function synthesizeUnderRules(stack: Stack): void {
  const app = stack.node.root as App;
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  app.synth();
}

/** The templates of an API with a distribution, synthesized under both rule packs; one template in us-east-1. */
export function edgeTemplates(region: string, use: (stack: Stack) => Partial<SecureApiProps> = () => ({})) {
  return withFolder((folder) => {
    const definition = smallApi();
    const app = new App({ outdir: join(folder, 'out') });
    const stack = new Stack(app, 'Small', { env: { account: '111122223333', region } });
    const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
    const domain = { name: 'api.example.com', zone };
    const props = {
      definition,
      handlers: handlersOf(definition),
      identity: oidc(),
      edge: 'cloudfront',
      domain,
    } as const;
    new SecureApi(stack, 'Api', { ...props, ...use(stack) });
    synthesizeUnderRules(stack);
    const edge = app.node.tryFindChild('Small-edge');
    return { main: Template.fromStack(stack), edge: Template.fromStack(edge instanceof Stack ? edge : stack) };
  });
}

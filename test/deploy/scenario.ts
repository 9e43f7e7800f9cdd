import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict';
import type { Api } from '../../lib/definition/index.ts';
import { checkData, putData } from './data.ts';
import type { Emulator } from './emulator.ts';
import { GAPS, type Template } from './gaps.ts';
import { type Inventory, LISTED_SERVICES, takeInventory } from './inventory.ts';
import type { Issuer } from './issuer.ts';
import { type CommandResult, type Project, STACK } from './project.ts';
import { checkDocument, checkPublic, createDocument } from './requests.ts';
import type { Services } from './services.ts';
import { type Created, checkApi, checkResources, createdResources } from './stack.ts';

export interface Scenario {
  /** Makes tokens that the deployed API accepts. Absent with a user pool, whose key set no function can reach here. */
  readonly issuer?: Issuer;
  readonly emulator: Emulator;
  readonly project: Project;
  readonly services: Services;
}

/** What a step found, in a few words. */
export type Step = readonly [name: string, run: () => Promise<string>];

/** Characters at the end of what a command prints, for the report of a failure. */
const OUTPUT = 4000;
/** What an update replaces: on AWS the deployment alone. DIFFERENCES has why the emulator replaces the API and all below it. */
const REPLACED = [/^AWS::ApiGateway::/, /^AWS::Lambda::Permission$/, /^Custom::SecureApiDeleteApiKeys$/];

/** Each step of the life of a stack, in order. A step uses what the steps before it have found. */
export function stepsOf({ issuer, emulator, project, services }: Scenario): readonly Step[] {
  let empty: Inventory = [];
  let created: Created = {};
  let document = '';
  const requests = () => ({ emulator, services, created });
  const deployed = async () => {
    created = await createdResources(services);
    return checkStack(services, created, await definitionOf(project));
  };
  return [
    [
      'cdk bootstrap',
      async () => {
        succeeded(await project.bootstrap());
        empty = await takeInventory(services);
        return `${empty.length} resources in ${LISTED_SERVICES} services before the first deployment`;
      },
    ],
    ['what the emulator cannot create', () => checkGaps(services)],
    [
      'a first deployment that fails half-way',
      async () => {
        const { code, output } = await project.deploy({ BREAK_DEPLOYMENT: 'true' });
        notEqual(code, 0, 'The deployment did not fail.');
        match(output.slice(-OUTPUT), /FailsHalfWay/);
        const { Stacks = [] } = await services.cloudFormation.describeStacks({ StackName: STACK });
        equal(Stacks[0]?.StackStatus, 'ROLLBACK_COMPLETE');
        const left = await leftovers(services, empty);
        deepEqual(left, [`stack: ${STACK}`], 'left by the rollback');
        return 'rolled back, and left nothing behind';
      },
    ],
    ['cdk deploy, repeated after it', async () => succeeded(await project.deploy())],
    ['what was created', deployed],
    ['requests to the deployed API', () => checkPublic(requests(), '/health')],
    ...optional(
      issuer,
      async (of) => {
        document = await createDocument(requests(), of);
        return 'a viewer may not create a document, an editor may';
      },
      'requests with tokens',
    ),
    ['secure-api clients', () => checkClients(project)],
    ['data is stored', async () => putData(services, created).then(() => 'in every table, bucket and pool')],
    [
      'cdk deploy of a changed definition',
      async () => {
        changeDefinition(project);
        return succeeded(await project.deploy());
      },
    ],
    [
      'what the update changed',
      async () => {
        const before = created;
        const summary = await deployed();
        const replaced = Object.entries(before).filter(([name, { id }]) => created[name]?.id !== id);
        const data = replaced.filter(([, { type }]) => !REPLACED.some((each) => each.test(type)));
        deepEqual(data, [], 'replaced by the update');
        return summary;
      },
    ],
    ['data after the update', () => checkData(services, created)],
    ['requests after the update', () => checkPublic(requests(), '/health', '/version')],
    ...optional(issuer, (of) => checkDocument(requests(), of, document), 'requests with tokens after the update'),
    ['cdk destroy', async () => succeeded(await project.destroy())],
    [
      'what is left',
      async () => {
        deepEqual(await leftovers(services, empty), [], 'left by cdk destroy');
        return `nothing, in ${LISTED_SERVICES} services`;
      },
    ],
  ];
}

function optional(issuer: Issuer | undefined, run: (issuer: Issuer) => Promise<string>, name: string): readonly Step[] {
  return issuer === undefined ? [] : [[name, () => run(issuer)]];
}

async function checkStack(services: Services, created: Created, api: Api): Promise<string> {
  const parts = [
    await checkApi(services, created, api),
    await checkResources(services, created, Object.keys(api.roles.byName)),
    `${Object.keys(created).length} resources`,
  ];
  return parts.join('; ');
}

/** The types that are removed are still unknown to the emulator: the list claims no more than it must. */
async function checkGaps({ cloudFormation }: Services): Promise<string> {
  const types = GAPS.filter(({ replace }) => replace === undefined).map(({ type }) => type);
  for (const Type of types) {
    const TemplateBody = JSON.stringify({ Resources: { One: { Type } } });
    await rejects(cloudFormation.validateTemplate({ TemplateBody }), /Unrecognized resource types/, `${Type} is known`);
  }
  return `${types.length} types`;
}

async function leftovers(services: Services, empty: Inventory): Promise<Inventory> {
  return (await takeInventory(services)).filter((line) => !empty.includes(line));
}

function succeeded({ code, output }: CommandResult): string {
  equal(code, 0, output.slice(-OUTPUT));
  return 'succeeded';
}

/** The definition of the copy as it is now: a module is cached by its URL. */
async function definitionOf(project: Project): Promise<Api> {
  const module = (await import(project.url('lambdas/documents/api.ts'))) as { readonly documents: Api };
  return module.documents;
}

/** Adds a route with its handler, and raises the limits of a tier. */
function changeDefinition(project: Project): void {
  const api = 'lambdas/documents/api.ts';
  project.edit(api, 'free: { rate: 10, burst: 20,', 'free: { rate: 12, burst: 24,');
  const route = `version: get('/version', {
      public: 'shows only a number',
      responses: { 200: { description: 'The version', body: object({ version: Type.String() }) } },
    }),
    health: get('/health', {`;
  project.edit(api, "health: get('/health', {", route);
  const handler = "secure('version', () => ({ status: 200, body: { version: '2' } }))";
  project.write(
    'lambdas/documents/version.ts',
    `import { secure } from './secure.ts';\nexport const handler = ${handler};\n`,
  );
}

async function checkClients(project: Project): Promise<string> {
  const api = ['--api', 'documents'];
  succeeded(await project.secureApi('clients', 'add', 'acme', '--tier', 'premium', ...api));
  const list = async () => {
    const result = await project.secureApi('clients', 'list', '--json', ...api);
    succeeded(result);
    return (JSON.parse(result.stdout) as { readonly clients: readonly { readonly client: string }[] }).clients;
  };
  deepEqual(
    (await list()).map(({ client }) => client),
    ['acme'],
  );
  succeeded(await project.secureApi('clients', 'remove', 'acme', ...api));
  deepEqual(await list(), []);
  return 'add, list and remove';
}

/** What the deployed template removed of the sample's, by reason. */
export function removedTypes(project: Project): readonly string[] {
  const removed = project.read('cdk.out/removed.txt').split('\n');
  const { Resources } = JSON.parse(project.read('cdk.out/Documents.template.json')) as Template;
  ok(removed.every((id) => !Object.hasOwn(Resources, id)));
  return removed;
}

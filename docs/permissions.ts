/** Every permission in a cloud assembly, with the reason that its grant has recorded. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Json = Readonly<Record<string, unknown>>;

/** A statement of a policy: of a role, of a resource, or of a function that services invoke. */
export interface Permission {
  /** Construct path of the role or the resource, without the stack. */
  readonly owner: string;
  readonly kind: 'role' | 'resource';
  readonly effect: string;
  /** Who, in the policy of a resource. */
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly string[];
  /** Undefined where the grant has recorded none. */
  readonly reason: string | undefined;
}

/** A role, and who assumes it. */
export interface RoleOfStack {
  readonly path: string;
  readonly description: string;
  readonly assumedBy: readonly string[];
  readonly conditions: readonly string[];
}

/** What a stack grants. */
export interface Permissions {
  readonly roles: readonly RoleOfStack[];
  readonly statements: readonly Permission[];
  /** Whether an API has a policy beside its authorizer. */
  readonly apiPolicy: boolean;
}

interface Resource {
  readonly Type: string;
  readonly Properties: Json;
}

interface Entry {
  readonly type: string;
  readonly data: unknown;
}

interface Recorded {
  readonly reason: string;
  readonly statement: Json;
}

/** Reads the template of a stack and the metadata beside it. */
export function permissionsIn(assembly: string, stack: string): Permissions {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(assembly, `${stack}.${name}.json`), 'utf8'));
  const { Resources } = read('template') as { Resources: Readonly<Record<string, Resource>> };
  const metadata = Object.entries(read('metadata') as Readonly<Record<string, readonly Entry[]>>);
  const paths = new Map(
    metadata.flatMap(([path, entries]) =>
      entries.flatMap(({ type, data }) => (type === 'aws:cdk:logicalId' ? [[String(data), path] as const] : [])),
    ),
  );
  const grants = new Map(
    metadata.map(([path, entries]) => [
      path,
      entries.filter(({ type }) => type === 'secure-api:grant').map(({ data }) => data as Recorded),
    ]),
  );
  const readable = new Readable(paths, `/${stack}/`);
  const statements = Object.entries(Resources).flatMap(([id, resource]) => {
    const path = paths.get(id) ?? id;
    const recorded = ancestors(path).flatMap((one) => grants.get(one) ?? []);
    return policiesOf(resource).map((statement) => ({
      owner: ownerOf(readable.pathOf(id)),
      kind:
        resource.Type === 'AWS::IAM::Policy' || resource.Type === 'AWS::IAM::ManagedPolicy'
          ? ('role' as const)
          : ('resource' as const),
      effect: String(statement['Effect']),
      principals: readable.principals(statement['Principal']),
      actions: list(statement['Action']).map(String),
      resources: list(statement['Resource']).map((one) => readable.text(one)),
      conditions: readable.conditions(statement['Condition']),
      reason: reasonOf(statement, recorded),
    }));
  });
  const ofType = (type: string) => Object.entries(Resources).filter(([, { Type }]) => Type === type);
  const roles = ofType('AWS::IAM::Role').map(([id, { Properties }]) => {
    const trust = statementsOf(Properties['AssumeRolePolicyDocument']);
    return {
      path: ownerOf(readable.pathOf(id)),
      description: String(Properties['Description'] ?? ''),
      assumedBy: trust.flatMap((statement) => readable.principals(statement['Principal'])),
      conditions: trust.flatMap((statement) => readable.conditions(statement['Condition'])),
    };
  });
  const apiPolicy = ofType('AWS::ApiGateway::RestApi').some(
    ([, { Properties }]) =>
      Properties['Policy'] !== undefined || record(Properties['Body'])['x-amazon-apigateway-policy'] !== undefined,
  );
  return { roles, statements, apiPolicy };
}

/** The statements in a resource: policies by their usual names, and permissions of functions as statements. */
function policiesOf({ Type, Properties }: Resource): readonly Json[] {
  if (Type === 'AWS::Lambda::Permission') {
    const { Action, FunctionName, Principal, SourceArn } = Properties;
    const Condition = { ArnLike: { 'aws:SourceArn': SourceArn } };
    return [{ Effect: 'Allow', Action, Resource: FunctionName, Principal: { Service: Principal }, Condition }];
  }
  const document = Properties['PolicyDocument'] ?? Properties['KeyPolicy'];
  const inline = list(Properties['Policies']).map((policy) => record(policy)['PolicyDocument']);
  return [document, ...inline].flatMap(statementsOf);
}

function statementsOf(document: unknown): readonly Json[] {
  return list(record(parsed(document))['Statement']).map(record);
}

/** The policy of a log group is a string, which the CDK writes as a join. */
function parsed(document: unknown): unknown {
  if (typeof document === 'string') return JSON.parse(document);
  const parts = record(document)['Fn::Join'];
  if (!Array.isArray(parts)) return document;
  const [, values] = parts as [string, unknown[]];
  const text = values.map((part) => (typeof part === 'string' ? part : quoted(part))).join('');
  return JSON.parse(text);
}

/** A reference within a string of JSON: the parameter or resource in angle brackets. */
function quoted(reference: unknown): string {
  const { Ref, 'Fn::GetAtt': attribute } = record(reference);
  return `<${Ref ?? list(attribute).join('.')}>`;
}

/** The reason of the same statement; otherwise of one of its actions, for statements that the CDK adds. */
function reasonOf(statement: Json, recorded: readonly Recorded[]): string | undefined {
  const actions = list(statement['Action']).map(String);
  // The policy of a log group is a string, in which references are written in another way.
  const isString = JSON.stringify(statement).includes('<AWS::');
  const isSame = (other: Json) =>
    other['Sid'] === statement['Sid'] &&
    same(list(other['Action']), actions) &&
    (isString ||
      (same(other['Condition'], statement['Condition']) && same(list(other['Resource']), list(statement['Resource']))));
  const exact = recorded.find((one) => one.statement['Resource'] !== undefined && isSame(one.statement));
  if (exact !== undefined) return exact.reason;
  return recorded.find(
    (one) => one.statement['Resource'] === undefined && actions.includes(String(one.statement['Action'])),
  )?.reason;
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function ancestors(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, i) => parts.slice(0, parts.length - i).join('/'));
}

/** The construct of a policy or a resource: `Api/Authorizer/Role` of `Api/Authorizer/Role/DefaultPolicy/Resource`. */
function ownerOf(path: string): string {
  return PARTS.reduce((rest, part) => rest.replace(part, ''), path);
}

/** What the CDK adds to the path of a construct for its resource, its policy and who is allowed to invoke it. */
const PARTS = [
  /\/(?:Resource|ResourcePolicy)$/,
  /\/(?:DefaultPolicy|OverflowPolicy\d*|Policy|Allow[^/]*)$/,
  /\/Default$/,
];

/** Values of a template as a person reads them: references as construct paths. */
class Readable {
  private readonly paths: ReadonlyMap<string, string>;
  private readonly prefix: string;

  constructor(paths: ReadonlyMap<string, string>, prefix: string) {
    this.paths = paths;
    this.prefix = prefix;
  }

  pathOf(id: string): string {
    const path = this.paths.get(id) ?? id;
    return path.startsWith(this.prefix) ? path.slice(this.prefix.length) : path;
  }

  text(value: unknown): string {
    if (typeof value !== 'object' || value === null) return this.named(String(value));
    const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = record(value);
    if (Ref !== undefined) return this.name(String(Ref));
    if (attribute !== undefined) return this.name(String(list(attribute)[0]));
    if (!Array.isArray(join)) return JSON.stringify(value);
    return (join[1] as unknown[]).map((part) => this.text(part)).join(String(join[0]));
  }

  principals(principal: unknown): readonly string[] {
    if (typeof principal === 'string') return [principal === '*' ? 'everyone' : principal];
    return Object.values(record(principal)).flatMap((values) =>
      list(values).map((one) => (one === '*' ? 'everyone' : this.text(one))),
    );
  }

  conditions(condition: unknown): readonly string[] {
    return Object.entries(record(condition)).flatMap(([operator, keys]) =>
      Object.entries(record(keys)).flatMap(([key, value]) => {
        const values = list(value).map((one) => this.text(one));
        return value === undefined ? [] : [`${operator} ${key} ${values.join(', ')}`];
      }),
    );
  }

  private name(id: string): string {
    return id.startsWith('AWS::') ? `{${id.slice(5)}}` : `{${ownerOf(this.pathOf(id))}}`;
  }

  /** References within the policy of a log group. */
  private named(text: string): string {
    return text.replace(/<([^<>]+)>/g, (_, id: string) => this.name(id.replace(/\.\w+$/, '')));
  }
}

function list(value: unknown): readonly unknown[] {
  return value === undefined ? [] : [value].flat();
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

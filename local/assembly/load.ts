import { readAlarms } from './alarms.ts';
import { readStacks, type StackArtifact } from './artifacts.ts';
import { readBuckets } from './buckets.ts';
import type { Neighbours } from './environment.ts';
import { AssemblyError } from './error.ts';
import { readFunctions } from './functions.ts';
import { readMetricFilters } from './metricFilters.ts';
import type { Notice, SecretValue, StackModel } from './model.ts';
import { noteInto, noteUnknownTypes } from './notices.ts';
import { readRestApis } from './restApis.ts';
import { openScope, type Scope } from './scope.ts';
import { readSecrets } from './secrets.ts';
import { readTables } from './tables.ts';
import { readTopics } from './topics.ts';
import { readApiKeys, readUsagePlans } from './usagePlans.ts';
import { readUserPools } from './userPools.ts';
import { record } from './values.ts';
import { readWebAcls } from './webAcl.ts';

export interface LoadOptions {
  /** Name, id or path of the stack; needed when several have an API. */
  readonly stack?: string;
  /** Gives the value of a secret that the template generates, when something refers to it. */
  readonly secretValue: SecretValue;
}

/**
 * Loads one stack of a cloud assembly as plain data, together with the stacks of the same assembly that it depends on
 * (a table that stands in a stack of its own belongs to the picture).
 * @param directory The `cdk.out` that `cdk synth` wrote. Inline function code is unpacked into it.
 * @throws AssemblyError with a code; see `AssemblyErrorCode`.
 */
export function loadAssembly(directory: string, options: LoadOptions): StackModel {
  const stacks = readStacks(directory);
  const chosen = chooseStack(stacks, options.stack);
  const scopes = openScopes(stacks, options.secretValue);
  const notices: Notice[] = [];
  const models = withDependencies(chosen, stacks).map((stack) => readScope(scopes(stack), notices));
  const all = <K extends keyof Family>(key: K): Family[K][number][] => models.flatMap((model) => [...model[key]]);
  if (all('apis').length === 0) throw noApi(`stack ${chosen.stackName}`);
  return {
    name: chosen.stackName,
    region: chosen.region,
    account: chosen.account,
    apis: all('apis'),
    functions: all('functions'),
    usagePlans: all('usagePlans'),
    apiKeys: all('apiKeys'),
    tables: all('tables'),
    buckets: all('buckets'),
    topics: all('topics'),
    alarms: all('alarms'),
    metricFilters: all('metricFilters'),
    secrets: all('secrets'),
    userPools: all('userPools'),
    notices,
  };
}

type Family = Omit<StackModel, 'name' | 'region' | 'account' | 'notices'>;

function readScope(scope: Scope, notices: Notice[]): Family {
  const note = noteInto(notices);
  noteUnknownTypes(scope.resources, note);
  const webAclOf = readWebAcls(scope, note);
  return {
    apis: readRestApis(scope, webAclOf, note),
    functions: readFunctions(scope, note),
    usagePlans: readUsagePlans(scope, note),
    apiKeys: readApiKeys(scope, note),
    tables: readTables(scope, note),
    buckets: readBuckets(scope, note),
    topics: readTopics(scope, note),
    alarms: readAlarms(scope, note),
    metricFilters: readMetricFilters(scope, note),
    secrets: readSecrets(scope),
    userPools: readUserPools(scope, note),
  };
}

/** Opens each stack once, at its first use, and lets them ask each other for exports and secrets. */
function openScopes(stacks: readonly StackArtifact[], secretValue: SecretValue): (stack: StackArtifact) => Scope {
  const opened = new Map<StackArtifact, Scope>();
  const open = (stack: StackArtifact): Scope => {
    const scope = opened.get(stack) ?? openScope(stack, neighbours);
    opened.set(stack, scope);
    return scope;
  };
  const outputs = (stack: StackArtifact) => Object.entries(record(stack.template['Outputs']));
  const value = (stack: StackArtifact, name: string, output: unknown): unknown =>
    open(stack).evaluate(record(output)['Value'], `Outputs.${name}`);
  const neighbours: Neighbours = {
    secretValue,
    exported: (wanted) => {
      for (const stack of stacks) {
        for (const [name, output] of outputs(stack)) {
          const exportName = record(record(output)['Export'])['Name'];
          if (exportName === undefined || open(stack).evaluate(exportName, `Outputs.${name}`) !== wanted) continue;
          return value(stack, name, output);
        }
      }
      return undefined;
    },
    output: (stackName, wanted) => {
      const stack = stacks.find((candidate) => candidate.stackName === stackName);
      const found = stack && outputs(stack).find(([name]) => name === wanted);
      return stack && found && value(stack, wanted, found[1]);
    },
    secret: (id) =>
      stacks.flatMap((stack) => readSecrets(open(stack))).find((secret) => secret.arn === id || secret.name === id),
  };
  return open;
}

function chooseStack(stacks: readonly StackArtifact[], wanted: string | undefined): StackArtifact {
  const names = (list: readonly StackArtifact[]): string => list.map(({ stackName }) => stackName).join(', ');
  if (wanted !== undefined) {
    const found = stacks.find((stack) => [stack.stackName, stack.id, stack.displayName].includes(wanted));
    if (found !== undefined) return found;
    throw new AssemblyError('unknown-stack', {
      found: `no stack named "${wanted}"`,
      expected: `one of ${names(stacks)}`,
      fix: 'name one of these stacks',
    });
  }
  const candidates = stacks.filter(hasApi);
  const [first] = candidates;
  if (first === undefined) throw noApi(`the stacks ${names(stacks)}`);
  if (candidates.length === 1) return first;
  throw new AssemblyError('choose-stack', {
    found: `${candidates.length} stacks with an API: ${names(candidates)}`,
    expected: 'the name of one of them',
    fix: 'choose one with the option `stack`',
  });
}

function hasApi({ template }: StackArtifact): boolean {
  const resources = Object.values(record(template['Resources'])).map(record);
  return resources.some((resource) => resource['Type'] === 'AWS::ApiGateway::RestApi');
}

function noApi(where: string): AssemblyError {
  return new AssemblyError('no-api', {
    found: `no REST API with a stage in ${where}`,
    expected: 'an AWS::ApiGateway::RestApi with an AWS::ApiGateway::Stage',
    fix: 'add an API to the stack, or pass the assembly of another app',
  });
}

/** The stacks that must be deployed before this one, and then this one. */
function withDependencies(stack: StackArtifact, stacks: readonly StackArtifact[]): StackArtifact[] {
  const found = new Set<StackArtifact>();
  const visit = (current: StackArtifact): void => {
    if (found.has(current)) return;
    for (const id of current.dependencies) {
      const dependency = stacks.find((candidate) => candidate.id === id);
      if (dependency !== undefined) visit(dependency);
    }
    found.add(current);
  };
  visit(stack);
  return [...found];
}

import { collectGaps, reportUnknownTypes } from './emulationGaps.ts';
import { AssemblyError } from './error.ts';
import { type LogSource, logFilesOf } from './logFiles.ts';
import { readStacks, type StackArtifact } from './manifest.ts';
import type { EmulationGap, SecretValue, StackModel } from './model.ts';
import { readAlarms } from './resources/alarms.ts';
import { readBuckets } from './resources/buckets.ts';
import { readCompositeAlarms, readMuteRules } from './resources/composites.ts';
import { readDashboards } from './resources/dashboards.ts';
import { readDistributions } from './resources/distributions.ts';
import { readDomains } from './resources/domains.ts';
import { readKeyValueStores, readRegexPatternSets } from './resources/edgeFunctions.ts';
import { readEventRules } from './resources/eventRules.ts';
import { logGroupOf, readFunctions } from './resources/functions.ts';
import { readInsightRules } from './resources/insightRules.ts';
import { readMetricFilters } from './resources/metricFilters.ts';
import { originLookup } from './resources/origins.ts';
import { readRestApis } from './resources/restApis.ts';
import { importedSecrets, readSecrets } from './resources/secrets.ts';
import { readTables } from './resources/tables.ts';
import { readTopics } from './resources/topics.ts';
import { readApiKeys, readUsagePlans } from './resources/usagePlans.ts';
import { readUserPools } from './resources/userPools.ts';
import { readWebAcls } from './resources/webAcls.ts';
import { openTemplate, type StackTemplate } from './stackTemplate.ts';
import type { OtherStacks } from './template/environment.ts';
import { record } from './values.ts';

export interface LoadOptions {
  /** Name, id or path of the stack; needed when several have an API. */
  readonly stack?: string;
  /** Returns the value of a secret that the template generates; called only for secrets that something refers to. */
  readonly secretValue: SecretValue;
}

/**
 * Loads one stack of a cloud assembly as plain data, together with the stacks of the assembly that it depends on, such as a
 * stack with its tables.
 * @param directory The `cdk.out` that `cdk synth` wrote. Inline function code is unpacked into it.
 * @throws AssemblyError with a code; see `AssemblyErrorCode`.
 */
export function loadAssembly(directory: string, options: LoadOptions): StackModel {
  const stacks = readStacks(directory);
  const chosen = chooseStack(stacks, options.stack);
  const templateOf = templateOpener(stacks, options.secretValue);
  const emulationGaps: EmulationGap[] = [];
  const loaded = [...withDependencies(chosen, stacks), ...edgeStacks(chosen, stacks)];
  const apiOf = originLookup(loaded.map(templateOf));
  const models = loaded.map((stack) => readResources(templateOf(stack), apiOf, emulationGaps));
  const all = <K extends keyof Resources>(key: K): Resources[K][number][] => models.flatMap((model) => [...model[key]]);
  const domains = readDomains(loaded.map(templateOf), collectGaps(emulationGaps));
  if (all('apis').length === 0) throw noApi(`stack ${chosen.stackName}`);
  const signing = all('apis').flatMap(({ webhooks = {} }) => Object.values(webhooks));
  return {
    name: chosen.stackName,
    region: chosen.region,
    account: chosen.account,
    apis: all('apis'),
    domains,
    functions: all('functions'),
    usagePlans: all('usagePlans'),
    apiKeys: all('apiKeys'),
    tables: all('tables'),
    buckets: all('buckets'),
    topics: all('topics'),
    alarms: all('alarms'),
    compositeAlarms: all('compositeAlarms'),
    muteRules: all('muteRules'),
    eventRules: all('eventRules'),
    metricFilters: all('metricFilters'),
    insightRules: all('insightRules'),
    dashboards: all('dashboards'),
    secrets: [...all('secrets'), ...importedSecrets(signing, all('secrets'))],
    userPools: all('userPools'),
    distributions: all('distributions'),
    keyValueStores: all('keyValueStores'),
    regexPatternSets: all('regexPatternSets'),
    logFiles: logFilesOf(models.flatMap((model, i) => logSources(model, loaded[i]))),
    emulationGaps,
  };
}

type Resources = Omit<StackModel, 'domains' | 'name' | 'region' | 'account' | 'emulationGaps' | 'logFiles'>;

function logSources(
  { apis, functions, distributions }: Resources,
  stack: StackArtifact | undefined,
): readonly LogSource[] {
  const pathOf = (logicalId: string) => stack?.constructPaths[logicalId];
  const access = apis.flatMap(({ logicalId, stage: { accessLog } }) =>
    accessLog === undefined ? [] : [{ kind: 'access' as const, logGroup: accessLog.logGroup, path: pathOf(logicalId) }],
  );
  const own = functions.map((fn) => ({
    kind: 'function' as const,
    logGroup: logGroupOf(fn),
    path: pathOf(fn.logicalId),
  }));
  const webAcls = [...apis, ...distributions].flatMap(({ webAcl }) =>
    webAcl?.log === undefined
      ? []
      : [{ kind: 'webAcl' as const, logGroup: webAcl.log.logGroup, path: pathOf(webAcl.log.logicalId) }],
  );
  return [...access, ...own, ...webAcls];
}

function readResources(
  stack: StackTemplate,
  apiOf: (originDomain: string) => string | undefined,
  emulationGaps: EmulationGap[],
): Resources {
  const report = collectGaps(emulationGaps);
  reportUnknownTypes(stack.resources, report);
  const webAcls = readWebAcls(stack, report);
  return {
    apis: readRestApis(stack, webAcls, report),
    functions: readFunctions(stack, report),
    usagePlans: readUsagePlans(stack, report),
    apiKeys: readApiKeys(stack, report),
    tables: readTables(stack, report),
    buckets: readBuckets(stack, report),
    topics: readTopics(stack, report),
    alarms: readAlarms(stack, report),
    compositeAlarms: readCompositeAlarms(stack, report),
    muteRules: readMuteRules(stack, report),
    eventRules: readEventRules(stack, report),
    metricFilters: readMetricFilters(stack, report),
    insightRules: readInsightRules(stack, report),
    dashboards: readDashboards(stack, report),
    secrets: readSecrets(stack),
    userPools: readUserPools(stack, report),
    distributions: readDistributions(stack, { webAclOf: webAcls.byArn, apiOf, report }),
    keyValueStores: readKeyValueStores(stack, report),
    regexPatternSets: readRegexPatternSets(stack, report),
  };
}

/** Opens each stack's template once, at its first use. Each can read exports, outputs and secrets of the others. */
export function templateOpener(
  stacks: readonly StackArtifact[],
  secretValue: SecretValue,
  deployed?: Readonly<Record<string, string>>,
): (stack: StackArtifact) => StackTemplate {
  const opened = new Map<StackArtifact, StackTemplate>();
  const open = (stack: StackArtifact): StackTemplate => {
    const template = opened.get(stack) ?? openTemplate(stack, otherStacks, deployed);
    opened.set(stack, template);
    return template;
  };
  const outputs = (stack: StackArtifact) => Object.entries(record(stack.template['Outputs']));
  const value = (stack: StackArtifact, name: string, output: unknown): unknown =>
    open(stack).evaluate(record(output)['Value'], `Outputs.${name}`);
  const otherStacks: OtherStacks = {
    secretValue,
    exportedValue: (wanted) => {
      for (const stack of stacks) {
        for (const [name, output] of outputs(stack)) {
          const exportName = record(record(output)['Export'])['Name'];
          if (exportName === undefined || open(stack).evaluate(exportName, `Outputs.${name}`) !== wanted) continue;
          return value(stack, name, output);
        }
      }
      return undefined;
    },
    outputValue: (stackName, wanted) => {
      const stack = stacks.find((candidate) => candidate.stackName === stackName);
      const found = stack && outputs(stack).find(([name]) => name === wanted);
      return stack && found && value(stack, wanted, found[1]);
    },
    secret: (id) =>
      stacks.flatMap((stack) => readSecrets(open(stack))).find((secret) => secret.arn === id || secret.name === id),
  };
  return open;
}

export function chooseStack(stacks: readonly StackArtifact[], wanted: string | undefined): StackArtifact {
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
    fix: `name one: --stack ${first.stackName}`,
  });
}

function hasApi({ template }: StackArtifact): boolean {
  const resources = Object.values(record(template['Resources'])).map(record);
  return resources.some((resource) => resource['Type'] === 'AWS::ApiGateway::RestApi');
}

function noApi(location: string): AssemblyError {
  return new AssemblyError('no-api', {
    found: `no REST API with a stage in ${location}`,
    expected: 'an AWS::ApiGateway::RestApi with an AWS::ApiGateway::Stage',
    fix: 'add an API to the stack, or pass the assembly of an app that has one',
  });
}

/** The stacks that must be deployed first, then this one. */
export function withDependencies(stack: StackArtifact, stacks: readonly StackArtifact[]): StackArtifact[] {
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

/** Stacks with a distribution that are deployed after this one: CloudFront is in us-east-1, whichever region the API is in. */
export function edgeStacks(stack: StackArtifact, stacks: readonly StackArtifact[]): StackArtifact[] {
  return stacks.filter(({ dependencies, template }) => {
    const resources = Object.values(record(template['Resources'])).map(record);
    return dependencies.includes(stack.id) && resources.some(({ Type }) => Type === 'AWS::CloudFront::Distribution');
  });
}

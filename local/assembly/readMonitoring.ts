import type { CompositeAlarmModel } from './compositeModel.ts';
import { chooseStack, edgeStacks, templateOpener, withDependencies } from './load.ts';
import { readStacks } from './manifest.ts';
import type { AlarmModel } from './model.ts';
import { readAlarms } from './resources/alarms.ts';
import { readCompositeAlarms } from './resources/composites.ts';
import type { StackTemplate } from './stackTemplate.ts';
import { string } from './values.ts';

/** What watches a stack, its references resolved. */
export interface MonitoredStack {
  readonly name: string;
  /** A default where the stack fixes none. */
  readonly region: string;
  readonly alarms: readonly AlarmModel[];
  readonly compositeAlarms: readonly CompositeAlarmModel[];
  /** Bodies are JSON, as PutDashboard takes them. */
  readonly dashboards: readonly { readonly name: string; readonly body: string }[];
  /** Names of the APIs, with which the names of their alarms begin. */
  readonly apis: readonly string[];
  /** Topics of the stack by ARN, with their logical ids. */
  readonly topics: Readonly<Record<string, string>>;
}

interface ReadOptions {
  /** Needed when several stacks have an API. */
  readonly stack?: string;
  /** Names that a deployment generated, by logical id. @default - those of the local gateway stand for them */
  readonly deployed?: Readonly<Record<string, string>>;
}

/**
 * Reads the alarms and dashboards of a stack and of those that belong to it, without its code.
 *
 * @param directory A cloud assembly.
 * @throws AssemblyError as {@link loadAssembly} does.
 * @example
 * ```ts
 * const names = readMonitoring('cdk.out', {}).flatMap(({ alarms }) => alarms.map(({ name }) => name));
 * ```
 */
export function readMonitoring(directory: string, { stack, deployed }: ReadOptions): readonly MonitoredStack[] {
  const stacks = readStacks(directory);
  const chosen = chooseStack(stacks, stack);
  // No alarm has a secret in it.
  const templateOf = templateOpener(stacks, () => '', deployed);
  return [...withDependencies(chosen, stacks), ...edgeStacks(chosen, stacks)].map((one) => monitored(templateOf(one)));
}

function monitored(stack: StackTemplate): MonitoredStack {
  const ignored = () => undefined;
  return {
    name: stack.names.stackName,
    region: stack.names.region,
    alarms: readAlarms(stack, ignored),
    compositeAlarms: readCompositeAlarms(stack, ignored),
    dashboards: stack
      .ofType('AWS::CloudWatch::Dashboard')
      .map(({ ref, properties }) => ({ name: ref, body: string(properties['DashboardBody']) ?? '{}' })),
    apis: stack.ofType('AWS::ApiGateway::RestApi').flatMap(({ properties }) => string(properties['Name']) ?? []),
    topics: Object.fromEntries(stack.ofType('AWS::SNS::Topic').map(({ ref, logicalId }) => [ref, logicalId])),
  };
}

/** The default event bus of EventBridge: events that match a rule reach its topics. */
import { randomUUID } from 'node:crypto';
import type { EventRuleModel } from '../../assembly/eventRuleModel.ts';
import type { EmulationGap, StackModel } from '../../assembly/model.ts';
import { isRecord, type Json, list, number, record, string, strings } from '../../assembly/values.ts';
import type { Clock } from '../../contracts.ts';
import { type AwsJsonKind, OperationError } from '../awsJson.ts';
import { objectIn } from '../signedService.ts';
import { type EventMatcher, eventMatcher } from './pattern.ts';
import { targetInput } from './target.ts';

/** What an event is before it is on the bus. */
export interface NewEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: Json;
  /** Simulated ms. @default - now */
  readonly time?: number;
}

/** Sends a message to a topic. */
export type Publish = (topicArn: string, message: string, at: string) => void;

export interface EventBus {
  /** Sends an event to the topics of all rules that match it, and returns its id. */
  put(event: NewEvent): string;
  /** Matches the rules of a later load of the stack from now on. */
  update(model: StackModel): void;
  /** PutEvents of EventBridge. */
  readonly kind: AwsJsonKind;
}

export function createEventBus(model: StackModel, clock: Pick<Clock, 'now'>, publish: Publish): EventBus {
  let served = model;
  let rules = compile(model.eventRules);
  const put = ({ source, detailType, resources, detail, time = clock.now() }: NewEvent): string => {
    const { account, region } = served;
    const id = randomUUID();
    const at = `${new Date(time).toISOString().slice(0, 19)}Z`;
    const event: Json = {
      version: '0',
      id,
      'detail-type': detailType,
      source,
      account,
      time: at,
      region,
      resources,
      detail,
    };
    for (const { rule, matches } of rules) {
      if (matches(event)) for (const target of rule.targets) publish(target.topicArn, targetInput(target, event), at);
    }
    return id;
  };
  return {
    put,
    update(next) {
      served = next;
      rules = compile(next.eventRules);
    },
    kind: {
      service: 'events',
      target: 'AWSEvents',
      version: '1.1',
      operations: { PutEvents: (input) => putEvents(list(input['Entries']), put) },
    },
  };
}

/** A notice for each rule whose pattern cannot be matched. */
export function inspectEventRules(rules: readonly EventRuleModel[]): EmulationGap[] {
  return rules.flatMap((rule) => {
    const matcher = matcherOf(rule);
    if (typeof matcher !== 'string') return [];
    return [{ resource: rule.name, type: 'AWS::Events::Rule', detail: `it matches nothing: ${matcher}` }];
  });
}

/**
 * Unlike on AWS, sources that start with `aws.` are accepted: an event of a service that does not run here is injected.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
function putEvents(entries: readonly unknown[], put: EventBus['put']): Json {
  if (entries.length === 0 || entries.length > 10)
    throw new OperationError('ValidationException', 'Entries has one to ten members.');
  const results = entries.map(record).map((entry) => {
    const [source, detailType] = [string(entry['Source']), string(entry['DetailType'])];
    const detail = objectIn(string(entry['Detail']) ?? '');
    if (source === undefined || detailType === undefined)
      return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Source and DetailType are required.' };
    if (!isRecord(detail)) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    const seconds = number(entry['Time']);
    const time = seconds === undefined ? {} : { time: seconds * 1000 };
    return { EventId: put({ source, detailType, resources: strings(entry['Resources']), detail, ...time }) };
  });
  return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
}

function compile(rules: readonly EventRuleModel[]): { rule: EventRuleModel; matches: EventMatcher }[] {
  return rules.flatMap((rule) => {
    const matcher = rule.enabled ? matcherOf(rule) : '';
    return typeof matcher === 'string' ? [] : [{ rule, matches: matcher }];
  });
}

/** What matches events, or why nothing does. */
function matcherOf({ pattern }: EventRuleModel): EventMatcher | string {
  try {
    return eventMatcher(pattern);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

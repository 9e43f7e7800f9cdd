import type { Json } from './values.ts';

/** An EventBridge rule with a pattern, and the topics that it sends events to. */
export interface EventRuleModel {
  readonly name: string;
  readonly enabled: boolean;
  readonly pattern: Json;
  readonly targets: readonly EventTargetModel[];
}

/** A topic, and what it receives in place of the whole event. */
export interface EventTargetModel {
  readonly topicArn: string;
  readonly input?:
    | { readonly kind: 'constant'; readonly text: string }
    | { readonly kind: 'path'; readonly path: string }
    | { readonly kind: 'template'; readonly paths: Readonly<Record<string, string>>; readonly template: string };
}

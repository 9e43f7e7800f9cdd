import type { AccessPolicy } from '../definition/bundledTypes.ts';
import type { WebhookRules } from '../definition/webhook.ts';
import type { AccessChange, Effect } from './accessChange.ts';
import { nameRoute } from './diffSentences.ts';

type PolicyRoute = AccessPolicy['routes'][number];

/** What proves that a message is of its sender; another value of any of them is another proof. */
const PROOF = ['header', 'encoding', 'prefix', 'separator', 'timestamp', 'id', 'content', 'key'] as const;

/**
 * For each webhook that both policies have: whether messages are accepted that were rejected before. A longer tolerance and a shorter
 * memory allow more replays; another proof counts as wider access, like each replaced rule.
 */
export function webhookChanges(before: AccessPolicy, after: AccessPolicy): readonly AccessChange[] {
  return after.routes.flatMap((route) => {
    const { access } = route;
    if (access.kind !== 'webhook') return [];
    const [old, now] = [rulesIn(before, access.secret), rulesIn(after, access.secret)];
    return old === undefined || now === undefined ? [] : changesOf(route, old, now);
  });
}

function rulesIn({ webhooks = {} }: AccessPolicy, secret: string): WebhookRules | undefined {
  return Object.hasOwn(webhooks, secret) ? webhooks[secret] : undefined;
}

function changesOf(route: PolicyRoute, old: WebhookRules, now: WebhookRules): readonly AccessChange[] {
  const change = (effect: Effect, sentence: string): AccessChange => ({ effect, sentence, route: route.id });
  const to = `to ${nameRoute(route)}`;
  const replaced = PROOF.filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]));
  const isTimed = old.timestamp !== undefined && now.timestamp !== undefined;
  const seconds = isTimed ? now.toleranceSeconds - old.toleranceSeconds : 0;
  const days = now.rememberDays - old.rememberDays;
  const tolerance = `Messages ${to} are accepted up to ${now.toleranceSeconds} seconds from their time, not ${old.toleranceSeconds}.`;
  const memory = `Messages ${to} are remembered for ${now.rememberDays} ${now.rememberDays === 1 ? 'day' : 'days'}, not ${old.rememberDays}.`;
  return [
    ...(old.timestamp !== undefined && now.timestamp === undefined
      ? [change('widens', `Messages ${to} are accepted without a signed time.`)]
      : []),
    ...(replaced.length === 0
      ? []
      : [change('widens', `Messages ${to} are verified by another rule: ${replaced.join(', ')}.`)]),
    ...(seconds === 0 ? [] : [change(seconds > 0 ? 'widens' : 'narrows', tolerance)]),
    ...(days === 0 ? [] : [change(days < 0 ? 'widens' : 'narrows', memory)]),
  ];
}

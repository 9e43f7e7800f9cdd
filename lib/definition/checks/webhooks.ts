import type { Fault } from '../fault.ts';
import type { RouteInput } from '../routes.ts';
import { isRecord } from '../shape.ts';
import { type WebhookInput, webhookHeaders, webhookRules } from '../webhook.ts';
import { formatValue, type UncheckedApi } from './check.ts';
import { contentFaults, headerFaults, partFaults } from './webhookHeaders.ts';

const NAME = /^[a-z][a-z0-9-]{0,63}$/;
/** Digits of a key, such as the signing secret of a Slack app, which would pass as a name. */
const KEY_LIKE = /^[0-9a-f]{24,}$/;
const SCHEMES: readonly unknown[] = ['stripe', 'github', 'standard', 'hmac'];
const BOUNDS = { toleranceSeconds: [30, 3_600], rememberDays: [1, 365] } as const;
/** What needs a verified caller. */
const NOT_BESIDE = {
  ownership: 'the sender of a webhook owns nothing: remove the rule',
  limits: 'the sender has no tier: limit the route with "anonymous" of the API, or with "flood"',
  where: 'the sender has no claims: remove the rule',
} as const;

/** Webhooks: a scheme that can be verified, a name for its secret that no other route has, and nothing that needs a caller. */
export function checkWebhooks(api: UncheckedApi): readonly Fault[] {
  const routes = Object.entries(api.routes ?? {}).flatMap(([id, { method, options }]) =>
    isRecord(options?.webhook) ? [{ id, method, options, webhook: options.webhook as WebhookInput }] : [],
  );
  const seen = new Map<string, string>();
  return routes.flatMap(({ id, method, options, webhook }) => {
    const location = `routes.${id}.webhook`;
    const other = seen.get(webhook.secret);
    seen.set(webhook.secret, other ?? id);
    return [
      ...methodFaults(location, method),
      ...besideFaults(`routes.${id}`, options),
      ...nameFaults(`${location}.secret`, webhook.secret, other),
      ...boundFaults(location, webhook),
      ...schemeFaults(location, webhook),
      ...declaredFaults(`routes.${id}.headers`, options, webhook),
    ];
  });
}

/** A fault of a webhook. */
function webhookFault(location: string, found: string, expected: string, fix: string): Fault {
  return { code: 'webhook-invalid', location, found, expected, fix };
}

function methodFaults(location: string, method: string): readonly Fault[] {
  if (method === 'POST') return [];
  return [
    webhookFault(location, `a webhook on ${method}`, 'a POST route', 'Use post: senders deliver messages with POST.'),
  ];
}

function besideFaults(location: string, options: RouteInput): readonly Fault[] {
  return Object.entries(NOT_BESIDE).flatMap(([name, reason]) => {
    const value: unknown = Object.entries(options).find(([option]) => option === name)?.[1];
    if (value === undefined || value === false) return [];
    return [webhookFault(`${location}.${name}`, `${name} on the route of a webhook`, 'none', `${upper(reason)}.`)];
  });
}

/** The fault shows no name that is none: it can be the secret itself. */
function nameFaults(location: string, name: unknown, other: string | undefined): readonly Fault[] {
  if (typeof name !== 'string' || !NAME.test(name) || KEY_LIKE.test(name)) {
    return [
      webhookFault(
        location,
        'a value that is no name',
        'lower case letters, digits and "-", starting with a letter, at most 64 characters',
        'Name the secret, such as "stripe-signing". The stack binds the name to a secret of Secrets Manager; the value is in no code.',
      ),
    ];
  }
  if (other === undefined) return [];
  return [
    webhookFault(
      location,
      `${formatValue(name)}, which ${other} has, too`,
      'a name of one route',
      'Name another secret: with one secret, a message to one route could be replayed to the other.',
    ),
  ];
}

function boundFaults(location: string, webhook: WebhookInput): readonly Fault[] {
  const numbers = (Object.keys(BOUNDS) as (keyof typeof BOUNDS)[]).flatMap((name) => {
    const value = webhook[name];
    const [min, max] = BOUNDS[name];
    if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return [];
    const expected = `a whole number from ${min} to ${max}`;
    const fix =
      name === 'rememberDays'
        ? 'Senders retry for days.'
        : 'A longer tolerance helps replays, a shorter one rejects messages.';
    return [webhookFault(`${location}.${name}`, formatValue(value), expected, fix)];
  });
  const timeless = webhook.scheme === 'github' || (webhook.scheme === 'hmac' && webhook.timestamp === undefined);
  if (webhook.toleranceSeconds === undefined || !timeless) return numbers;
  const fix = 'Remove it: it would have no effect. "rememberDays" says how long a replay is recognized.';
  return [...numbers, webhookFault(`${location}.toleranceSeconds`, 'a tolerance', 'a sender that signs a time', fix)];
}

function schemeFaults(location: string, webhook: WebhookInput): readonly Fault[] {
  if (!SCHEMES.includes(webhook.scheme)) {
    const fix = 'Make the webhook with Webhook.stripe, github, standard or hmac.';
    return [webhookFault(`${location}.scheme`, formatValue(webhook.scheme), `one of ${SCHEMES.join(', ')}`, fix)];
  }
  if (webhook.scheme !== 'hmac') return [];
  const faults = [...headerFaults(location, webhook), ...partFaults(location, webhook)];
  // What is signed can be checked once the parts are what they should be.
  return faults.length > 0 ? faults : contentFaults(location, webhook);
}

/** The headers of the scheme are parameters of the operation already. */
function declaredFaults(location: string, { headers }: RouteInput, webhook: WebhookInput): readonly Fault[] {
  const properties: unknown = isRecord(headers) ? headers['properties'] : undefined;
  if (!isRecord(properties) || !SCHEMES.includes(webhook.scheme)) return [];
  return webhookHeaders(webhookRules(webhook))
    .filter((name) => Object.hasOwn(properties, name))
    .map((name) =>
      webhookFault(
        `${location}.properties.${name}`,
        'a header of the signature',
        'other headers',
        'Remove it: the signature is verified before the handler runs, which gets id and time as "webhook".',
      ),
    );
}

function upper(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

import type { Access } from '../definition/access.ts';
import type { Route } from '../definition/api.ts';
import type { WebhookRules } from '../definition/webhook.ts';
import type { Json } from './json.ts';

const SENDERS = { stripe: 'Stripe', github: 'GitHub', standard: 'a sender of Standard Webhooks', hmac: 'the sender' };
const ENCODINGS = { hex: 'hexadecimal', base64: 'base64', base64url: 'base64url' };

/** Who calls the route of a webhook, and what becomes of a message that arrives again. */
export function describeWebhook({ scheme, rememberDays }: WebhookRules): string {
  const days = rememberDays === 1 ? 'day' : `${rememberDays} days`;
  return `A webhook: only for messages that ${SENDERS[scheme]} signed. A message that was handled in the last ${days} gets the same status again, without a body.`;
}

/** OpenAPI has no scheme for signatures; the nearest is a credential in a header. */
export function webhookSchemes(routes: readonly Route[]): Json {
  const schemes = routes.flatMap(({ access }) =>
    access.kind === 'webhook' ? [[schemeName(access.webhook), schemeOf(access.webhook)] as const] : [],
  );
  return Object.fromEntries(schemes);
}

/** The requirement of the route of a webhook. */
export function webhookSecurity({ webhook }: Extract<Access, { readonly kind: 'webhook' }>): readonly Json[] {
  return [{ [schemeName(webhook)]: [] }];
}

/** The headers that are signed beside the body. */
export function webhookParameters(access: Access): readonly Json[] {
  if (access.kind !== 'webhook') return [];
  const { timestamp, id } = access.webhook;
  const time =
    timestamp?.unit === 'milliseconds' ? { unit: 'milliseconds', digits: 13 } : { unit: 'seconds', digits: 10 };
  return [
    ...(id !== undefined && 'header' in id
      ? [
          parameter(id.header, 'The id of the message, which is signed.', {
            type: 'string',
            minLength: 1,
            maxLength: 256,
          }),
        ]
      : []),
    ...(timestamp !== undefined && 'header' in timestamp
      ? [
          parameter(timestamp.header, `When the message was signed, in ${time.unit} since 1970; it is signed, too.`, {
            type: 'string',
            pattern: `^[1-9][0-9]{${time.digits - 1}}$`,
          }),
        ]
      : []),
  ];
}

function parameter(name: string, description: string, schema: Json): Json {
  return { name, in: 'header', required: true, description, schema };
}

function schemeName({ secret }: WebhookRules): string {
  return `webhook-${secret}`;
}

function schemeOf({ header, prefix, encoding, content, timestamp, separator, toleranceSeconds }: WebhookRules): Json {
  const parts = [
    ...(timestamp !== undefined && 'prefix' in timestamp ? [`${timestamp.prefix}…`] : []),
    `${prefix}…`,
  ].join(separator ?? '');
  const age = timestamp === undefined ? '' : ` At most ${toleranceSeconds} seconds old.`;
  return {
    type: 'apiKey',
    in: 'header',
    name: header,
    description: `The signature of the sender, \`${parts}\`: HMAC-SHA-256 in ${ENCODINGS[encoding]} over \`${content}\`, where \`{body}\` is the body as sent.${age}`,
  };
}

import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { handlersOf } from '../../../lambdas/runtime/index.ts';
import { Identity, SecureApi } from '../../../lib/construct/index.ts';
import { type Api, Webhook } from '../../../lib/definition/index.ts';
import type { hooks } from '../../support/hooksDefinition.ts';
import { notes } from '../api.ts';

declare const scope: ConstructorParameters<typeof SecureApi>[0];
declare const definition: typeof hooks;
declare const anyDefinition: Api;
declare const secret: ISecret;
const identity = Identity.hmac({ issuer: 'hooks', audience: 'hooks' });
const handlers = './handlers';

new SecureApi(scope, 'Hooks', {
  definition,
  handlers,
  identity,
  webhooks: {
    'stripe-signing': secret,
    'github-signing': secret,
    'standard-signing': secret,
    'slack-signing': secret,
    'shop-signing': secret,
  },
});
/** Without webhooks, and where the definition is known only when it runs. */
new SecureApi(scope, 'Notes', { definition: notes, handlers, identity });
new SecureApi(scope, 'Any', { definition: anyDefinition, handlers, identity, webhooks: { stripe: secret } });

export const handler = handlersOf<typeof hooks>()('stripe', ({ body, caller, webhook }) => {
  const nobody: undefined = caller;
  const name: 'stripe-signing' = webhook.name;
  const once: string = webhook.id;
  const time: Date | undefined = webhook.timestamp;
  if (nobody !== undefined || body.type !== 'paid' || time === undefined) throw new Error(`${name} ${once}`);
  return { status: 204 };
});

export const senders = [
  Webhook.stripe('stripe', { toleranceSeconds: 60 }),
  Webhook.hmac({ secret: 'paddle', header: 'a', separator: ';', prefix: 'h1=', timestamp: { prefix: 'ts=' } }),
];

import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { handlersOf } from '../../../lambdas/runtime/index.ts';
import { Identity, SecureApi, type SecureApiProps } from '../../../lib/construct/index.ts';
import { Webhook } from '../../../lib/definition/index.ts';
import type { hooks } from '../../support/hooksDefinition.ts';
import { notes } from '../api.ts';

declare const scope: ConstructorParameters<typeof SecureApi>[0];
declare const definition: typeof hooks;
declare const secret: ISecret;
const identity = Identity.hmac({ issuer: 'hooks', audience: 'hooks' });
const handlers = './handlers';
const secrets = {
  'stripe-signing': secret,
  'github-signing': secret,
  'standard-signing': secret,
  'slack-signing': secret,
  'shop-signing': secret,
} as const;

// @ts-expect-error the definition has webhooks whose secrets are missing
new SecureApi(scope, 'NoSecrets', { definition, handlers, identity });

const { 'shop-signing': _, ...four } = secrets;
// @ts-expect-error the secret of one webhook is missing
new SecureApi(scope, 'OneMissing', { definition, handlers, identity, webhooks: four });

// @ts-expect-error a misspelt name of a secret
new SecureApi(scope, 'Misspelt', { definition, handlers, identity, webhooks: { ...four, 'shop-singing': secret } });

const props: SecureApiProps<typeof hooks> = {
  definition,
  handlers,
  identity,
  // @ts-expect-error a secret that no webhook of the definition has
  webhooks: { ...secrets, 'more-signing': secret },
};

// @ts-expect-error a value in place of a secret of Secrets Manager
new SecureApi(scope, 'Value', { definition, handlers, identity, webhooks: { ...secrets, 'shop-signing': 'whsec_1' } });

// @ts-expect-error a secret where the definition has no webhook
new SecureApi(scope, 'None', { definition: notes, handlers, identity, webhooks: { stripe: secret } });

const secure = handlersOf<typeof hooks>();

secure('stripe', ({ caller, webhook }) => {
  // @ts-expect-error the sender of a webhook is no caller
  caller.subject;
  // @ts-expect-error the name is that of the webhook of the route
  const name: 'github-signing' = webhook.name;
  // @ts-expect-error the sender may sign no time
  const time: Date = webhook.timestamp;
  return { status: name === undefined || time === undefined ? 204 : 204 };
});

secure('notes', ({ webhook }) => {
  // @ts-expect-error only the route of a webhook has a message
  webhook.id;
  return { status: 204 };
});

// @ts-expect-error a misspelt option of a webhook
Webhook.stripe('stripe-signing', { tolerance: 60 });
// @ts-expect-error an encoding that no sender uses
Webhook.hmac({ secret: 'shop', header: 'x-hmac', encoding: 'base32' });
// @ts-expect-error the header of the signature is missing
Webhook.hmac({ secret: 'shop' });
// @ts-expect-error a time in a header or in a part, not in both
Webhook.hmac({ secret: 'shop', header: 'x-hmac', timestamp: { header: 'x-time', prefx: 't=' } });

export { props };

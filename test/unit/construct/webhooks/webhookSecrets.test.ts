import { App, SecretValue, Stack } from 'aws-cdk-lib';
import { Secret, type SecretStringGenerator } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { boundSecrets } from '../../../../lib/construct/webhooks/webhookSecrets.ts';
import { ConfigError } from '../../../../lib/definition/errors.ts';
import { Webhook, type WebhookInput } from '../../../../lib/definition/webhook.ts';
import { one } from '../../openapi/support.ts';

const hook = (webhook: WebhookInput) => one({ permission: undefined, webhook });
const stripe = hook(Webhook.stripe('signing'));
const hex = hook(Webhook.hmac({ secret: 'signing', header: 'x-signature', key: 'hex' }));
const stack = () => new Stack(new App(), 'Hooks');

/** Codes and locations of what is wrong with these secrets. */
function faultsOf(api: ReturnType<typeof hook>, secrets: Parameters<typeof boundSecrets>[1]): readonly unknown[] {
  try {
    boundSecrets(api, secrets);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ code, location }) => `${code} ${location}`);
  }
}

const generated = (generateSecretString?: SecretStringGenerator) => {
  return new Secret(stack(), 'Signing', { ...(generateSecretString === undefined ? {} : { generateSecretString }) });
};

describe('the secrets of webhooks', () => {
  const imported = Secret.fromSecretNameV2(stack(), 'Imported', 'signing');

  it('are those of the definition, each of them and no other', () => {
    expect(faultsOf(stripe, { signing: imported })).toEqual([]);
    expect(faultsOf(stripe, undefined)).toEqual(['webhook-unbound webhooks.signing']);
    expect(faultsOf(stripe, { signin: imported })).toEqual([
      'webhook-unknown webhooks.signin',
      'webhook-unbound webhooks.signing',
    ]);
    expect(faultsOf(one({}), { constructor: imported } as never)).toEqual(['webhook-unknown webhooks.constructor']);
    expect(faultsOf(hook(Webhook.github('constructor')), {})).toEqual(['webhook-unbound webhooks.constructor']);
  });

  it.each<readonly [string, SecretStringGenerator]>([
    ['letters and digits', { excludePunctuation: true }],
    ['what begins like no list', { excludeCharacters: '[{' }],
    ['spaces that are excluded again', { excludeCharacters: '[{ ', includeSpace: true }],
  ])('can be generated as %s', (_, rules) => {
    expect(faultsOf(stripe, { signing: generated(rules) })).toEqual([]);
  });

  it.each<readonly [string, SecretStringGenerator | undefined]>([
    ['all characters, so that some begin like a list', undefined],
    ['the same without one of the brackets', { excludeCharacters: '[' }],
    ['a space at the beginning or end', { excludePunctuation: true, includeSpace: true }],
    ['too few characters', { excludePunctuation: true, passwordLength: 23 }],
    ['a JSON object', { generateStringKey: 'key', secretStringTemplate: '{}' }],
  ])('are no key with %s', (_, rules) => {
    expect(faultsOf(stripe, { signing: generated(rules) })).toEqual(['option-invalid webhooks.signing']);
  });

  it('are base64 or hexadecimal where the key is decoded', () => {
    const standard = hook(Webhook.standard('signing'));
    expect(faultsOf(standard, { signing: generated({ excludePunctuation: true }) })).toEqual([]);
    const wrong = [{ excludePunctuation: true, passwordLength: 33 }, { passwordLength: 32 }, { passwordLength: 28 }];
    for (const rules of wrong) {
      expect(faultsOf(standard, { signing: generated(rules) })).toEqual(['option-invalid webhooks.signing']);
    }
    expect(faultsOf(hex, { signing: generated({ excludePunctuation: true }) })).toEqual([
      'option-invalid webhooks.signing',
    ]);
    expect(faultsOf(hex, { signing: imported })).toEqual([]);
  });

  it('are not inspected where the stack has the value itself', () => {
    const secretStringValue = SecretValue.unsafePlainText('whsec_0123456789abcdefghij');
    expect(faultsOf(stripe, { signing: new Secret(stack(), 'Known', { secretStringValue }) })).toEqual([]);
  });
});

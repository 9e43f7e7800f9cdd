import { CfnSecret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { MIN_KEY_BYTES } from '../../../lambdas/shared/webhookSignature.ts';
import type { Api, Route } from '../../definition/api.ts';
import { formatValue } from '../../definition/checks/check.ts';
import { ConfigError, type ConfigFault } from '../../definition/errors.ts';
import { nearest } from '../../definition/shape.ts';
import type { WebhookRules } from '../../definition/webhook.ts';

/** The secrets of the webhooks of an API, by their names in the definition. */
export type WebhookSecrets = Readonly<Record<string, ISecret>>;

/** What GenerateSecretString does by default. */
const DEFAULT_LENGTH = 32;

/** The routes of webhooks with their rules. */
export function webhookRoutes(api: Api): readonly (Route & { readonly webhook: WebhookRules })[] {
  return Object.values(api.routes).flatMap((route) =>
    route.access.kind === 'webhook' ? [{ ...route, webhook: route.access.webhook }] : [],
  );
}

/**
 * Checks that each webhook of the definition has a secret, each secret a webhook, and that a generated one can be its key.
 *
 * @throws {ConfigError} `webhook-unbound`, `webhook-unknown`, `option-invalid` with every fault at once.
 */
export function boundSecrets(api: Api, secrets: WebhookSecrets = {}): WebhookSecrets {
  const webhooks = webhookRoutes(api).map(({ webhook }) => webhook);
  const names = webhooks.map(({ secret }) => secret);
  const [first, ...others] = [
    ...Object.keys(secrets).flatMap((name) => (names.includes(name) ? [] : [unknownName(name, names)])),
    ...webhooks.flatMap((webhook) =>
      Object.hasOwn(secrets, webhook.secret) ? keyFaults(webhook, secrets[webhook.secret]) : [unbound(webhook)],
    ),
  ];
  if (first !== undefined) throw new ConfigError(first, ...others);
  return secrets;
}

function unbound({ secret: name }: WebhookRules): ConfigFault {
  return {
    code: 'webhook-unbound',
    location: `webhooks.${name}`,
    found: 'nothing',
    expected: 'a secret of Secrets Manager',
    fix: `Bind the name in the stack: webhooks: { '${name}': Secret.fromSecretNameV2(stack, 'Signing', '${name}') }.`,
  };
}

function unknownName(name: string, names: readonly string[]): ConfigFault {
  const near = nearest(name, names);
  return {
    code: 'webhook-unknown',
    location: `webhooks.${name}`,
    found: formatValue(name),
    expected: names.length === 0 ? 'no name: the definition has no webhook' : `one of ${names.join(', ')}`,
    fix: near === undefined ? 'Remove it: no route has a webhook of this name.' : `Write ${near}.`,
  };
}

/** A secret of this app shows how its value is generated; an imported one is checked when it is read. */
function keyFaults({ secret: name, key }: WebhookRules, secret: ISecret | undefined): readonly ConfigFault[] {
  const resource = secret?.node.defaultChild;
  if (!(resource instanceof CfnSecret) || resource.secretString !== undefined) return [];
  const rules = resource.generateSecretString;
  const {
    generateStringKey,
    passwordLength = DEFAULT_LENGTH,
    ...characters
  } = rules === undefined || 'resolve' in rules ? {} : rules;
  const fault = (found: string, expected: string, fix: string): readonly ConfigFault[] => [
    { code: 'option-invalid', location: `webhooks.${name}`, found, expected, fix },
  ];
  if (generateStringKey !== undefined) {
    return fault('a secret that is generated as a JSON object', 'a string', 'Generate it without generateStringKey.');
  }
  if (key === 'hex') {
    return fault(
      'a generated secret',
      'a secret in hexadecimal',
      'Import a secret that the sender made: Secrets Manager generates no such string.',
    );
  }
  const { excludePunctuation, excludeCharacters = '', includeSpace } = characters;
  const isBase64 = excludePunctuation === true && includeSpace !== true && passwordLength % 4 === 0;
  // One of many generated strings begins like a list of keys, or with a space: it would fail only where it is deployed.
  const isString =
    (excludePunctuation === true || [...'[{'].every((start) => excludeCharacters.includes(start))) &&
    (includeSpace !== true || excludeCharacters.includes(' '));
  const length = key === 'base64' ? Math.ceil(MIN_KEY_BYTES / 3) * 4 : MIN_KEY_BYTES;
  if (passwordLength >= length && (key === 'utf8' ? isString : isBase64)) return [];
  const fix = `Generate it with excludePunctuation: true and passwordLength: ${Math.max(length, DEFAULT_LENGTH)}.`;
  const expected =
    key === 'base64'
      ? `base64 of at least ${MIN_KEY_BYTES} bytes`
      : `at least ${length} characters, which can begin neither with [ or { nor with a space`;
  return fault(`a generated secret of ${passwordLength} characters`, expected, fix);
}

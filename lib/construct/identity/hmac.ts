import { Validations } from 'aws-cdk-lib';
import { CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { statePolicy } from '../removal/removal.ts';
import { explain } from '../serviceRole.ts';
import { requireStrings, wrong } from './invalidIdentity.ts';
import { keyBits } from './keyBits.ts';
import { rulesOf, type TokenOptions } from './rules.ts';
import type { BoundIdentity, IdentityContext } from './tokenIssuer.ts';

/** An issuer that shares a secret with the API. */
export interface HmacOptions extends TokenOptions {
  /**
   * The shared secret. Its whole value in UTF-8 is the key, at least 32 bytes. The authorizer accepts the version
   * `AWSCURRENT` and, while it exists, `AWSPREVIOUS`, so that a rotation rejects no caller.
   * @default - a generated one, which the issuer reads from Secrets Manager
   */
  readonly secret?: ISecret;
}

/** RFC 7518, section 3.2: HS256 needs a key of at least the size of its hash. */
const FEWEST_BITS = 256;
/** 64 letters and digits are 381 bits. */
const LENGTH = 64;

/** Checks what can be checked without a stack. */
export function hmacRules(options: HmacOptions) {
  requireStrings('issuer', [options.issuer], 'A token names its issuer, which selects the secret.');
  if (options.secret !== undefined) requireStrength(options.secret);
  return rulesOf(options);
}

/** The identity of an issuer that signs with a shared secret, which is generated unless one is given. */
export function bindHmac(scope: Construct, context: IdentityContext, options: HmacOptions): BoundIdentity {
  const secret = options.secret ?? generatedSecret(scope, context);
  return {
    source: { ...hmacRules(options), hmacSecret: secret.secretArn },
    grantTo: (authorizer) =>
      explain(authorizer, 'Reads the secret that an issuer signs tokens with.', () => secret.grantRead(authorizer)),
  };
}

function generatedSecret(scope: Construct, { api, encryptionKey, removal }: IdentityContext): Secret {
  const secret = new Secret(scope, 'Hmac', {
    description: `Signs the tokens of an issuer that ${api.name} accepts`,
    encryptionKey,
    removalPolicy: statePolicy(removal),
    generateSecretString: { passwordLength: LENGTH, excludePunctuation: true, includeSpace: false },
  });
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'The issuer holds the secret too: both rotate when it does, by putting a new version; two are accepted.',
  });
  return secret;
}

/** A secret of this app shows how its value is generated; an imported one is measured at run time. */
function requireStrength(secret: ISecret): void {
  const resource = secret.node.defaultChild;
  if (!(resource instanceof CfnSecret)) return;
  const bits = keyBits(resource);
  if (bits === undefined || bits >= FEWEST_BITS) return;
  throw wrong(
    'secret',
    `a value of ${Math.floor(bits)} bits`,
    `at least ${FEWEST_BITS}`,
    `Generate a longer one: passwordLength: ${LENGTH} with excludePunctuation: true.`,
  );
}

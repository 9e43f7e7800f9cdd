import { type CfnResource, Stack } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { AuthorizerEnvironment, EdgeEnvironment } from '../../../lambdas/shared/wireContract.ts';
import type { BundleOptions } from '../../bundle/bundle.ts';
import { createFunction, type FunctionProps } from '../functions/function.ts';
import type { FunctionBundle } from '../functions/pendingCode.ts';
import { invalid } from '../invalid.ts';
import type { MutualTls } from '../mtls/mutualTls.ts';
import { explain } from '../serviceRole.ts';
import type { Identities } from './identities.ts';
import { issuerSettings } from './issuerSettings.ts';
import { type KeysSecretProps, keysSecret } from './keysSecret.ts';
import { createProofs, createRevocations, type RevocationProps } from './tokenTables.ts';

/** Props of `Authorization`. */
export interface AuthorizationProps extends FunctionProps, KeysSecretProps {
  /** The code of the authorizer. */
  readonly bundle: FunctionBundle;
  /** Whose tokens are accepted. */
  readonly identities: Identities;
  /** @default - clients have no certificates */
  readonly mutualTls?: MutualTls;
  /** Ids of clients by the names in their certificates, where AWS generates them. */
  readonly certificateClients: Readonly<Record<string, string>>;
  /** @default - no deny list */
  readonly revocation?: boolean | RevocationProps;
}

const MEMORY_MB = 256;
/** Keys, secret, deny list and proof are read one after the other, and each read gives up before. */
export const AUTHORIZER_TIMEOUT_SECONDS = 15;

/**
 * The function that verifies every token and decides on access, with what it reads: the secret of the API keys, the deny
 * list of tokens, the used proofs.
 *
 * @throws {ConfigError} `option-invalid`.
 */
export class Authorization extends Construct {
  readonly authorizer: LambdaFunction;
  /** The secret part of the API keys, by which the authorizer names the key of a caller's tier. */
  readonly keysSecret: Secret;
  /** The deny list of tokens, with `revocation`. */
  readonly revocations?: TableV2;
  /** The used proofs (RFC 9449), where an issuer binds tokens to keys. */
  readonly proofs?: TableV2;
  /** What its bundle depends on: its issuers, and their settings where these do not fit its environment. */
  readonly forBundle: Pick<BundleOptions, 'issuers' | 'issuerSettings'>;

  constructor(scope: Construct, id: string, props: AuthorizationProps) {
    super(scope, id);
    const { identities, certificateClients, revocation = false } = props;
    this.keysSecret = keysSecret(this, props);
    const revocations =
      revocation === false ? undefined : createRevocations(this, revocation === true ? {} : revocation, props.removal);
    const proofs = createProofs(this, identities.issuers);
    const lists = props.mutualTls?.revocationLists;
    const settings = issuerSettings(this, identities.issuers, Buffer.byteLength(JSON.stringify(certificateClients)));
    const { issuers } = identities;
    this.forBundle = settings.bundled === undefined ? { issuers } : { issuers, issuerSettings: settings.bundled };
    const environment: AuthorizerEnvironment & Pick<EdgeEnvironment, 'SECURE_API_VIEWER_CERTIFICATES'> = {
      ...settings.environment,
      SECURE_API_KEYS_SECRET: this.keysSecret.secretArn,
      ...revocations?.environment,
      ...proofs?.environment,
      ...(props.cloudFront !== undefined && props.mutualTls !== undefined
        ? { SECURE_API_VIEWER_CERTIFICATES: 'true' }
        : {}),
      ...(lists === undefined ? {} : { SECURE_API_REVOCATION_LISTS: lists.bucketName }),
      ...(Object.keys(certificateClients).length === 0
        ? {}
        : { SECURE_API_CERTIFICATE_CLIENTS: Stack.of(this).toJsonString(certificateClients) }),
    };
    this.authorizer = createFunction(this, props, {
      bundle: props.bundle,
      description: `${props.api.name}: verifies tokens and decides who may do what`,
      environment,
      memoryMb: MEMORY_MB,
      timeoutSeconds: AUTHORIZER_TIMEOUT_SECONDS,
      servesRequests: true,
    });
    settings.describe(this.authorizer.node.defaultChild as CfnResource);
    const reason = "Reads the secret part of the API keys, to name the key of a caller's tier.";
    explain(this.authorizer, reason, () => this.keysSecret.grantRead(this.authorizer));
    identities.grantRead(this.authorizer);
    revocations?.grantTo(this.authorizer);
    proofs?.grantTo(this.authorizer);
    props.mutualTls?.grantRead(this.authorizer);
    this.revocations = revocations?.table;
    this.proofs = proofs?.table;
  }

  /**
   * Lets a principal put tokens, subjects and clients on the deny list, and take them off it.
   *
   * @throws {ConfigError} `option-invalid` without `revocation`.
   */
  grantRevoke(grantee: IGrantable): Grant {
    if (this.revocations !== undefined) {
      return this.revocations.grant(grantee, 'dynamodb:PutItem', 'dynamodb:DeleteItem');
    }
    const fix = 'Set revocation: true, so that there is a list.';
    throw invalid({ location: 'grantRevoke()', found: 'no deny list', expected: 'the prop revocation', fix });
  }
}

import { readFileSync } from 'node:fs';
import { CfnConnectionFunction, CfnKeyValueStore } from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';
import type { MtlsSettings } from '../edge/transport.ts';

/** What denies the connections of revoked certificates at CloudFront. */
export interface RevocationAtEdge {
  readonly connectionFunction: CfnConnectionFunction;
  /** Its keys are the serial numbers of revoked certificates, in upper-case hexadecimal without leading zeros. */
  readonly store: CfnKeyValueStore;
}

const SOURCE = new URL('./rejectRevoked.js', import.meta.url);

/**
 * The code of the function.
 *
 * @param mode whether it denies connections without certificate.
 */
export function connectionFunctionCode(mode: MtlsSettings['mode']): string {
  const source = readFileSync(SOURCE, 'utf8');
  return source.replace('const IS_OPTIONAL = false;', `const IS_OPTIONAL = ${mode === 'optional'};`);
}

/**
 * Makes the function that runs in the handshake of viewers, and the store that it reads. The store has serial numbers without their CA: of
 * several CAs, one can deny certificates of another one, by revoking the same number.
 *
 * @param name unique in the account, at most 56 characters.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/implement-certificate-revocation.html
 */
export function revocationAtEdge(scope: Construct, name: string, mode: MtlsSettings['mode']): RevocationAtEdge {
  const store = new CfnKeyValueStore(scope, 'RevokedCertificates', {
    name: `${name}-revoked`,
    comment: 'Serial numbers of revoked client certificates',
  });
  const connectionFunction = new CfnConnectionFunction(scope, 'RejectRevoked', {
    name: `${name}-revoked`,
    connectionFunctionCode: connectionFunctionCode(mode),
    connectionFunctionConfig: {
      comment: 'Denies connections of revoked client certificates',
      runtime: 'cloudfront-js-2.0',
      keyValueStoreAssociations: [{ keyValueStoreArn: store.attrArn }],
    },
    autoPublish: true,
  });
  return { connectionFunction, store };
}

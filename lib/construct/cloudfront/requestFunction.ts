import { CfnFunction, CfnKeyValueStore } from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';
import { viewerRequestCode } from './viewerRequestCode.ts';

/** The function of viewer requests, and the store from which it reads the secret. */
export interface ViewerRequest {
  readonly fn: CfnFunction;
  readonly store: CfnKeyValueStore;
}

/** Makes the function that adds the secret to requests of viewers. */
export function viewerRequest(scope: Construct, name: string, hasCertificates: boolean): ViewerRequest {
  const comment = 'The secret by which the web ACL of the API recognizes requests of the distribution';
  const store = new CfnKeyValueStore(scope, 'OriginSecret', { name, comment });
  const fn = new CfnFunction(scope, 'ViewerRequest', {
    name,
    functionCode: viewerRequestCode(hasCertificates),
    functionConfig: {
      comment: 'Adds the secret of the origin, and removes what only CloudFront should say',
      runtime: 'cloudfront-js-2.0',
      keyValueStoreAssociations: [{ keyValueStoreArn: store.attrArn }],
    },
    autoPublish: true,
  });
  return { fn, store };
}

import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { documents } from '../../lambdas/documents/api.ts';
import { Identity, Notify, SecureApi, type SecureApiProps, UploadBucket } from '../../lib/construct/index.ts';
import { root } from '../support/folders.ts';
import { withFolder } from './support.ts';

/** The sample's API with every option on, and its bucket. */
export function everything(props: Pick<SecureApiProps, 'removal' | 'logRemovalPolicy'> = {}): Template {
  return withFolder((folder) => {
    const stack = new Stack(new App({ outdir: folder }), 'Documents');
    const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
    const exact = { requests: 10, perSeconds: 1, by: 'client', onUnavailable: 'reject', lease: 1, delayMs: 0 } as const;
    const tiers = Object.entries(documents.tiers).map(([name, tier]) => [name, { ...tier, exact }] as const);
    const [role = ''] = Object.keys(documents.roles.byName);
    new SecureApi(stack, 'Api', {
      definition: { ...documents, tiers: Object.fromEntries(tiers) },
      handlers: join(root, 'lambdas/documents'),
      identity: [
        Identity.cognito({ signIn: { prefix: 'documents' }, machineClients: { robot: { roles: [role] } } }),
        Identity.oidc({
          issuer: 'https://login.example.com',
          jwksUri: 'https://login.example.com/keys',
          audience: 'documents',
          dpop: 'optional',
        }),
        Identity.hmac({ issuer: 'billing', audience: 'documents' }),
        Identity.introspection({
          issuer: 'https://opaque.example.com',
          audience: 'documents',
          endpoint: 'https://opaque.example.com/introspect',
          clientId: 'documents',
          secret: Secret.fromSecretNameV2(stack, 'ClientSecret', 'client-secret'),
        }),
      ],
      domain: { name: 'api.example.com', zone },
      notify: [Notify.email('ops@example.com'), Notify.https('https://hooks.example.com/alarms')],
      revocation: true,
      clients: true,
      tracing: true,
      ...props,
    });
    new UploadBucket(stack, 'Uploads', { removal: props.removal });
    return Template.fromStack(stack);
  });
}

import { CfnOutput, type NestedStack, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Api } from '../definition/api.ts';
import { describeStackOutput, isLoopbackUrl, KINDS, type StackOutputKind } from '../definition/stackOutputs.ts';
import type { Identities } from './identity/identities.ts';

/** Props of `Outputs`. */
export interface OutputsProps {
  readonly api: Api;
  /** Unique in the region. */
  readonly name: string;
  /** Where clients reach the API. */
  readonly url: string;
  readonly identities: Identities;
  /** Name of the bucket that revocation lists are published to. */
  readonly revocationLists?: string;
}

/** Values of outputs have at most 1,024 bytes. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const LONGEST_VALUE = 1024;

/**
 * What a client has to know to sign in and to call the API, as outputs of the stack: `secure-api login`, `token` and `users` find
 * them there. None is secret. The outputs of a nested stack are not those of its parent, so those of an API in a
 * nested stack are outputs of the outermost stack.
 */
export class Outputs extends Construct {
  constructor(scope: Construct, id: string, { api, name, url, identities, revocationLists }: OutputsProps) {
    super(scope, id);
    const { signIn, userPool } = identities;
    const values: Readonly<Record<StackOutputKind, string | undefined>> = {
      url,
      issuer: signIn?.issuer,
      clientId: signIn?.clientId,
      signInUrl: signIn?.url,
      callbackUrls: signIn === undefined ? undefined : loopbackUrls(signIn.callbackUrls),
      userPoolId: userPool?.userPoolId,
      revocationLists,
    };
    const parent = parentOf(this, name);
    for (const kind of KINDS) {
      const value = values[kind];
      if (value === undefined) continue;
      const description = describeStackOutput(kind, { api: api.name, name });
      new CfnOutput(parent, `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`, { value, description });
    }
  }
}

function parentOf(outputs: Construct, name: string): Construct {
  const own = Stack.of(outputs);
  let outermost: Stack | NestedStack = own;
  while (outermost.nestedStackParent !== undefined) outermost = outermost.nestedStackParent;
  return outermost === own ? outputs : new Construct(outermost, name);
}

/** The callbacks that a command can listen on; those of apps are of no use to it. */
function loopbackUrls(urls: readonly string[]): string | undefined {
  const loopback = urls.filter(isLoopbackUrl);
  while (loopback.join(' ').length > LONGEST_VALUE) loopback.pop();
  return loopback.length === 0 ? undefined : loopback.join(' ');
}

import type { UserPoolModel } from './model.ts';
import type { Note } from './notices.ts';
import type { Scope } from './scope.ts';

/** Every Cognito user pool of a stack: only what tokens show of it. The local issuer stands in for all else. */
export function readUserPools(scope: Scope, note: Note): UserPoolModel[] {
  const clients = scope.ofType('AWS::Cognito::UserPoolClient');
  return scope.ofType('AWS::Cognito::UserPool').map((resource) => {
    if (resource.properties['LambdaConfig'] !== undefined) note(resource, 'triggers (LambdaConfig) are not run here');
    return {
      id: resource.ref,
      issuer: resource.attribute('ProviderURL'),
      clientIds: clients.filter(({ properties }) => properties['UserPoolId'] === resource.ref).map(({ ref }) => ref),
    };
  });
}

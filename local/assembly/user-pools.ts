import type { UserPoolClientModel, UserPoolModel } from './model.ts';
import type { Note } from './notices.ts';
import type { Resource, Scope } from './scope.ts';
import { flag, text, texts } from './values.ts';

/** Every Cognito user pool of a stack: only what tokens show of it. The local issuer stands in for all else. */
export function readUserPools(scope: Scope, note: Note): UserPoolModel[] {
  const clients = scope.ofType('AWS::Cognito::UserPoolClient');
  return scope.ofType('AWS::Cognito::UserPool').map((resource) => {
    if (resource.properties['LambdaConfig'] !== undefined) note(resource, 'triggers (LambdaConfig) are not run here');
    return {
      id: resource.ref,
      issuer: resource.attribute('ProviderURL'),
      clients: clients.filter(({ properties }) => properties['UserPoolId'] === resource.ref).map(readClient),
    };
  });
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-userpoolclient.html */
function readClient({ ref, properties }: Resource): UserPoolClientModel {
  const name = text(properties['ClientName']);
  return {
    id: ref,
    ...(name === undefined ? {} : { name }),
    hasSecret: flag(properties['GenerateSecret']),
    flows: texts(properties['AllowedOAuthFlows']),
    scopes: texts(properties['AllowedOAuthScopes']),
    callbackUrls: texts(properties['CallbackURLs']),
  };
}

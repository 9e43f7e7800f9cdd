import type { ReportGap } from '../emulationGaps.ts';
import type { PreTokenModel, UserPoolClientModel, UserPoolModel } from '../model.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { flag, record, string, strings } from '../values.ts';

/** Every Cognito user pool of a stack: only what its tokens depend on. The local issuer replaces the rest. */
export function readUserPools(stack: StackTemplate, report: ReportGap): UserPoolModel[] {
  const clients = stack.ofType('AWS::Cognito::UserPoolClient');
  return stack.ofType('AWS::Cognito::UserPool').map((resource) => {
    const preToken = readPreToken(resource, report);
    return {
      id: resource.ref,
      issuer: resource.attribute('ProviderURL'),
      clients: clients.filter(({ properties }) => properties['UserPoolId'] === resource.ref).map(readClient),
      ...(preToken === undefined ? {} : { preToken }),
    };
  });
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-userpoolclient.html */
function readClient({ logicalId, ref, properties }: Resource): UserPoolClientModel {
  return {
    id: ref,
    name: string(properties['ClientName']) ?? logicalId,
    hasSecret: flag(properties['GenerateSecret']),
    flows: strings(properties['AllowedOAuthFlows']),
    scopes: strings(properties['AllowedOAuthScopes']),
    callbackUrls: strings(properties['CallbackURLs']),
  };
}

/** The only trigger that access tokens depend on. Users and mail are not emulated. */
function readPreToken(resource: Resource, report: ReportGap): PreTokenModel | undefined {
  const { PreTokenGenerationConfig: config, ...others } = record(resource.properties['LambdaConfig']);
  const functionArn = string(record(config)['LambdaArn']);
  const version = string(record(config)['LambdaVersion']);
  const isRun = functionArn !== undefined && (version === 'V2_0' || version === 'V3_0');
  // The template has the old name of the trigger as well, for the same function.
  const notRun = Object.keys(others).filter((name) => !(isRun && name === 'PreTokenGeneration'));
  if (notRun.length > 0) report(resource, `triggers (LambdaConfig) do not run: ${notRun.join(', ')}`);
  return isRun ? { functionArn, version } : undefined;
}

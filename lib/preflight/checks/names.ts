import { NAMED, type NamedType, type SignInDomainOwner } from '../facts/names.ts';
import type { Subscription } from '../facts/services.ts';
import { error, ok, shellWord, warning } from '../finding.ts';
import type { Resource } from '../template.ts';
import { type CheckContext, deployedIds, isDeployed, type Result, textOf } from './context.ts';

/** A new resource whose name the template fixes. */
export interface FixedName {
  readonly type: NamedType;
  readonly name: string;
  /** Whether CloudFormation keeps the resource when the stack is deleted. It then can adopt one that exists, too. */
  readonly retained: boolean;
}

/** The fixed names of resources that the deployment has to create. */
export function newNames(context: CheckContext): readonly FixedName[] {
  const types = Object.keys(NAMED) as NamedType[];
  return types.flatMap((type) =>
    context.template.ofType(type).flatMap(({ id, properties, retained }): readonly FixedName[] => {
      const name = textOf(properties, NAMED[type]);
      const own = context.deployed.resources.find((resource) => resource.id === id)?.physicalId;
      const isOurs = name !== undefined && own !== undefined && nameIn(own, name);
      return name === undefined || isOurs ? [] : [{ type, name, retained }];
    }),
  );
}

/** Whether a name or ARN is that of a resource. The ARN of a secret ends in a hyphen and six characters. */
function nameIn(physicalId: string, name: string): boolean {
  return physicalId === name || physicalId.endsWith(`:${name}`) || physicalId.slice(0, -7).endsWith(`:secret:${name}`);
}

const DELETIONS: Readonly<Record<NamedType, (name: string) => string>> = {
  'AWS::DynamoDB::GlobalTable': (name) => `aws dynamodb delete-table --table-name ${name}`,
  'AWS::DynamoDB::Table': (name) => `aws dynamodb delete-table --table-name ${name}`,
  'AWS::Lambda::Function': (name) => `aws lambda delete-function --function-name ${name}`,
  'AWS::Logs::LogGroup': (name) => `aws logs delete-log-group --log-group-name ${name}`,
  'AWS::SecretsManager::Secret': (name) =>
    `aws secretsmanager delete-secret --secret-id ${name} --force-delete-without-recovery`,
  'AWS::SNS::Topic': (name) => `aws sns list-topics --query "Topics[?ends_with(TopicArn, ':${name}')]"`,
};

/** Reports a resource that exists already, often retained when an earlier stack was deleted. */
export function checkName({ stack, region }: CheckContext, one: FixedName, exists: boolean): readonly Result[] {
  if (!exists) return [ok(`${one.name} is free`)];
  const adopt = `npx cdk deploy ${shellWord(stack.displayName)} --import-existing-resources`;
  return [
    error({
      code: 'name-taken',
      found: `${one.type} ${one.name}, which this stack does not have`,
      expected: 'no resource of this name',
      fix: one.retained ? adopt : `${DELETIONS[one.type](shellWord(one.name))} --region ${region}`,
    }),
  ];
}

/** The domains that new resources of the template want at Cognito. */
export function signInDomains(context: CheckContext): readonly string[] {
  return context.template
    .ofType('AWS::Cognito::UserPoolDomain')
    .flatMap(({ properties }) => textOf(properties, 'Domain') ?? []);
}

/** Reports a domain of Cognito that another user pool has. Those of other accounts are not visible. */
export function checkSignInDomain(
  context: CheckContext,
  name: string,
  owner: SignInDomainOwner | undefined,
): readonly Result[] {
  if (owner === undefined) return [ok(`${name} is free in this account; another account can have it`)];
  const isOurs =
    owner.userPool !== undefined && deployedIds(context, 'AWS::Cognito::UserPool').includes(owner.userPool);
  if (isOurs) return [ok(`${name} is a domain of this stack`)];
  const isHere = owner.account === undefined || owner.account === context.account;
  const pool = owner.userPool ?? 'an unknown user pool';
  return [
    error({
      code: 'sign-in-domain-taken',
      found: `${name}, which belongs to ${pool}${isHere ? '' : ` of account ${owner.account}`}`,
      expected: 'a domain that no user pool has',
      fix: isHere
        ? `aws cognito-idp delete-user-pool-domain --domain ${shellWord(name)} --user-pool-id ${shellWord(pool)} --region ${context.region}`
        : 'Choose another prefix for the sign-in page.',
    }),
  ];
}

/** A topic of the deployed stack, and the e-mail addresses that the template subscribes to it. */
export interface NotifiedTopic {
  readonly arn: string;
  readonly emails: readonly string[];
}

/** The deployed topics to which the template subscribes e-mail addresses. */
export function notifiedTopics(context: CheckContext): readonly NotifiedTopic[] {
  const subscriptions = context.template.ofType('AWS::SNS::Subscription').filter(isEmail);
  return context.template.ofType('AWS::SNS::Topic').flatMap(({ id }) => {
    const arn = context.deployed.resources.find((resource) => resource.id === id)?.physicalId;
    const emails = subscriptions
      // One that is not deployed yet has sent no mail.
      .filter((one) => refersTo(one.properties['TopicArn'], id) && isDeployed(context, one.id))
      .flatMap(({ properties }) => textOf(properties, 'Endpoint') ?? []);
    return arn === undefined || emails.length === 0 ? [] : [{ arn, emails }];
  });
}

function isEmail({ properties }: Resource): boolean {
  return textOf(properties, 'Protocol')?.startsWith('email') === true;
}

function refersTo(value: unknown, id: string): boolean {
  return typeof value === 'object' && value !== null && (value as { readonly Ref?: unknown }).Ref === id;
}

/** Reports addresses that get no mail because nobody confirmed the subscription. SNS deletes unconfirmed ones after some days. */
export function checkSubscriptions(
  { region }: CheckContext,
  { arn, emails }: NotifiedTopic,
  subscriptions: readonly Subscription[],
): readonly Result[] {
  const results = emails.flatMap((email) => {
    const found = subscriptions.find(({ endpoint, protocol }) => endpoint === email && protocol.startsWith('email'));
    if (found?.isConfirmed === true) return [];
    const fix = `aws sns subscribe --topic-arn ${shellWord(arn)} --protocol email --notification-endpoint ${shellWord(email)} --region ${region}`;
    const expected = 'a confirmed subscription: the link in the mail from AWS confirms it';
    return [
      found === undefined
        ? warning({ code: 'subscription-missing', found: `no subscription of ${email}`, expected, fix })
        : warning({ code: 'subscription-pending', found: `an unconfirmed subscription of ${email}`, expected, fix }),
    ];
  });
  return results.length > 0 ? results : [ok(`${emails.length} confirmed`)];
}

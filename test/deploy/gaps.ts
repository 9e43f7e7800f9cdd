type Properties = Readonly<Record<string, unknown>>;

/** A part of a template, as far as the gaps need it. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Properties;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** What the emulator cannot create, with what is deployed instead. */
export interface Gap {
  readonly type: string;
  /** Only the resources with this property. Without it, the whole type. */
  readonly property?: string;
  readonly reason: string;
  /** The properties that it can create. Without it, the resource is removed. */
  readonly replace?: (properties: Properties) => Properties;
}

export const GAPS: readonly Gap[] = [
  {
    type: 'AWS::CloudWatch::InsightRule',
    reason: 'unknown to the emulator: the Contributor Insights rules of the dashboard',
  },
  {
    type: 'AWS::Cognito::ManagedLoginBranding',
    reason: 'unknown to the emulator: the style of the sign-in page',
  },
  {
    type: 'AWS::GuardDuty::MalwareProtectionPlan',
    reason: 'unknown to the emulator: the scan of uploaded files, which therefore stay unreleased',
  },
  { type: 'AWS::Logs::QueryDefinition', reason: 'unknown to the emulator: the saved queries' },
  {
    type: 'AWS::WAFv2::WebACLAssociation',
    reason: 'unknown to the emulator as a resource: the web ACL is created, and not connected to the stage',
  },
  {
    type: 'AWS::CloudWatch::Alarm',
    property: 'Metrics',
    reason: 'the emulator has no metric math: the alarm is created with the first of its metrics alone',
    replace: firstMetric,
  },
];

/** Where the emulator differs from AWS without rejecting anything, with the page that says what AWS does. */
export const DIFFERENCES: readonly string[] = [
  'AWS::ApiGateway::RestApi: an update of Body replaces the API, so its id and its URL change. On AWS it is an update without interruption: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-restapi.html',
  'AWS::ApiGateway::RestApi: models, request validators and gateway responses of Body are not imported, so malformed requests reach the functions. On AWS they are part of the import: https://docs.aws.amazon.com/apigateway/latest/developerguide/import-export-api-endpoints.html',
  'AWS::SecretsManager::Secret: Ref is the name. On AWS it is the ARN; the script deploys the attribute Id, which is the ARN in both: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html',
  'AWS::SecretsManager::Secret: ExcludePunctuation is ignored. AWS leaves these characters out: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html',
  'AWS::DynamoDB::GlobalTable: time to live, encryption, point-in-time recovery and deletion protection are accepted and ignored. On AWS they apply to each replica: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html',
  'AWS::DynamoDB::Table: its tags are listed after it was deleted. On AWS they go with it: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html',
  'AWS::S3::Bucket: deleted with its objects. AWS deletes an empty bucket alone: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html',
  'AdminCreateUser without a password creates one that the password policy of the pool rejects. AWS creates one that conforms: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html',
  'AWS::ApiGateway::RestApi: x-amazon-apigateway-api-key-source of Body is ignored, so the API key comes from a header and not from the authorizer. On AWS the body sets the source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-api-key-source.html',
];

/**
 * `Ref` of a secret is its ARN on AWS, and its name in the emulator, which therefore matches no policy. `Id` is the ARN in both.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
 */
function withSecretArns({ Resources, ...rest }: Template): Template {
  const secrets = Object.keys(Resources).filter((id) => Resources[id]?.Type === 'AWS::SecretsManager::Secret');
  const text = JSON.stringify(Resources).replace(/\{"Ref":"(\w+)"\}/g, (ref, id: string) =>
    secrets.includes(id) ? `{"Fn::GetAtt":["${id}","Id"]}` : ref,
  );
  return { ...rest, Resources: JSON.parse(text) as Template['Resources'] };
}

/** What of a template the emulator can create, and the logical ids of what it cannot. */
export function withoutGaps(template: Template): { readonly template: Template; readonly removed: readonly string[] } {
  const all = Object.entries(template.Resources);
  const removed = all.filter(([, each]) => gapOf(each)?.replace === undefined && gapOf(each)).map(([id]) => id);
  const kept = all.filter(([id]) => !removed.includes(id));
  const Resources = Object.fromEntries(kept.map(([id, each]) => [id, withoutDependencies(replaced(each), removed)]));
  for (const [id, resource] of Object.entries(Resources)) {
    const broken = removed.filter((name) => JSON.stringify(resource).includes(`"${name}"`));
    if (broken.length > 0) throw new Error(`${id} refers to ${broken.join(', ')}, which the emulator cannot create.`);
  }
  return { template: withSecretArns({ ...template, Resources }), removed };
}

function gapOf({ Type, Properties = {} }: Resource): Gap | undefined {
  return GAPS.find(
    ({ type, property }) => Type === type && (property === undefined || Object.hasOwn(Properties, property)),
  );
}

function replaced(resource: Resource): Resource {
  const replace = gapOf(resource)?.replace;
  return replace === undefined ? resource : { ...resource, Properties: replace(resource.Properties ?? {}) };
}

function firstMetric({ Metrics, ...rest }: Properties): Properties {
  const metrics = Metrics as readonly {
    readonly MetricStat?: { readonly Metric: Properties; readonly [name: string]: unknown };
  }[];
  const stat = metrics.find(({ MetricStat }) => MetricStat !== undefined)?.MetricStat;
  if (stat === undefined) throw new Error('An alarm has an expression without a metric.');
  const { Metric, Period, Stat } = stat;
  return { ...rest, ...Metric, Period, Statistic: Stat };
}

function withoutDependencies(resource: Resource, removed: readonly string[]): Resource {
  const { DependsOn, ...rest } = resource;
  const kept = [DependsOn ?? []].flat().filter((id) => !removed.includes(id));
  return kept.length === 0 ? rest : { ...rest, DependsOn: kept };
}

import type { CertificateDetail } from '@aws-sdk/client-acm';
import type { GetDomainNameCommandOutput } from '@aws-sdk/client-api-gateway';
import type { CloudFormationClient, Stack, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { loadSdk, type Sdk } from '../../../aws/sdk.ts';
import { CLOUDFRONT_REGION, edgeStackName } from '../../../definition/edgeStack.ts';
import { ConfigError } from '../../../definition/errors.ts';

/** The domains of a stack as AWS has them now. */
export interface DeployedDomains {
  readonly stack: string;
  readonly status: string;
  readonly region: string;
  readonly certificates: readonly CertificateDetail[];
  readonly domains: readonly GetDomainNameCommandOutput[];
  /** Logical ids of certificates and domains that CloudFormation has not begun to create. */
  readonly notCreated: readonly string[];
  /** Where a name has to lead if a distribution serves it; empty where the deployment has not said so yet, undefined where none does. */
  readonly distributionOf: (name: string) => string | undefined;
}

type Clients = Sdk<'acm' | 'apiGateway' | 'cloudFormation'>;

const CERTIFICATE = 'AWS::CertificateManager::Certificate';
const DOMAIN = 'AWS::ApiGateway::DomainName';
const DISTRIBUTION = 'AWS::CloudFront::Distribution';

/**
 * Reads the certificates and domains of a stack, also while its deployment waits for a certificate.
 *
 * @throws {ConfigError} `sdk-not-installed`, `api-not-deployed`. Errors of the services are thrown unchanged.
 */
export async function deployedDomains(name: string, regionOption: string | undefined): Promise<DeployedDomains> {
  const sdk = await loadSdk('acm', 'apiGateway', 'cloudFormation');
  // The ARN of a stack names its region.
  const given = regionOption ?? /^arn:[^:]*:cloudformation:([^:]+):/.exec(name)?.[1];
  const client = new sdk.cloudFormation.CloudFormationClient(given === undefined ? {} : { region: given });
  const region = await client.config.region();
  const found = await readStack(sdk, client, name);
  if (found === undefined) throw notDeployed(name, `no such stack in ${region}`);
  const { stack, resources } = found;
  const edge = await edgeOf(sdk, { stack, region });
  const own = resources.filter(({ ResourceType }) => ResourceType === CERTIFICATE || ResourceType === DOMAIN);
  const status = stack.StackStatus ?? '';
  if (own.length === 0 && !/^(CREATE|UPDATE|REVIEW)_IN_PROGRESS$/.test(status)) {
    throw notDeployed(name, `a stack (${status}) without a domain`);
  }
  const domains = await readDomains(sdk, region, namesOf(own, DOMAIN));
  const used = domains.flatMap((domain) => [
    domain.regionalCertificateArn ?? [],
    domain.ownershipVerificationCertificateArn ?? [],
  ]);
  const arns = new Set([...namesOf(own, CERTIFICATE), ...used.flat(), ...namesOf(edge?.resources ?? [], CERTIFICATE)]);
  const all = [...resources, ...(edge?.resources ?? [])];
  const hasDistribution = all.some(({ ResourceType }) => ResourceType === DISTRIBUTION);
  const outputs = [...(edge?.stack.Outputs ?? []), ...(stack.Outputs ?? [])];
  const targets = outputs.filter(({ OutputValue = '' }) => OutputValue.endsWith('.cloudfront.net'));
  // Each name has its own distribution, and the description of its output contains the name.
  const targetOf = (host: string) => targets.find(({ Description = '' }) => Description.split(' ').includes(host));
  return {
    stack: stack.StackName ?? name,
    status,
    region,
    certificates: await readCertificates(sdk, [...arns]),
    domains,
    notCreated: own.flatMap(({ PhysicalResourceId = '', LogicalResourceId: id = '' }) =>
      PhysicalResourceId === '' ? [id] : [],
    ),
    distributionOf: (host) => (hasDistribution ? (targetOf(host)?.OutputValue ?? '') : undefined),
  };
}

interface Found {
  readonly stack: Stack;
  readonly resources: readonly StackResourceSummary[];
}

async function readStack(
  { cloudFormation }: Clients,
  client: CloudFormationClient,
  StackName: string,
): Promise<Found | undefined> {
  const { DescribeStacksCommand, paginateListStackResources } = cloudFormation;
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const [stack] = Stacks;
    if (stack === undefined) return undefined;
    const resources: StackResourceSummary[] = [];
    for await (const page of paginateListStackResources({ client }, { StackName })) {
      resources.push(...(page.StackResourceSummaries ?? []));
    }
    return { stack, resources: resources.filter(({ ResourceStatus = '' }) => !ResourceStatus.startsWith('DELETE_')) };
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined;
    throw error;
  }
}

/** The stack of the API's distribution, where it has one. */
async function edgeOf(
  sdk: Clients,
  { stack, region }: { readonly stack: Stack; readonly region: string },
): Promise<Found | undefined> {
  if (region === CLOUDFRONT_REGION) return undefined;
  const client = new sdk.cloudFormation.CloudFormationClient({ region: CLOUDFRONT_REGION });
  try {
    return await readStack(sdk, client, edgeStackName(stack.StackName ?? ''));
  } catch (error) {
    // Most APIs have no distribution, and many accounts do not allow calls in another region.
    if (/AccessDenied|Unauthorized|NotAuthorized/.test((error as Error).name)) return undefined;
    throw error;
  }
}

async function readDomains({ apiGateway }: Clients, region: string, names: readonly string[]) {
  const { APIGatewayClient, GetDomainNameCommand } = apiGateway;
  const client = new APIGatewayClient({ region });
  const read = async (domainName: string) => {
    try {
      return [await client.send(new GetDomainNameCommand({ domainName }))];
    } catch (error) {
      if ((error as Error).name === 'NotFoundException') return [];
      throw error;
    }
  };
  return (await Promise.all(names.map(read))).flat();
}

async function readCertificates({ acm }: Clients, arns: readonly string[]): Promise<readonly CertificateDetail[]> {
  const { ACMClient, DescribeCertificateCommand } = acm;
  const read = async (CertificateArn: string) => {
    const client = new ACMClient({ region: CertificateArn.split(':')[3] });
    const { Certificate } = await client.send(new DescribeCertificateCommand({ CertificateArn }));
    return Certificate === undefined ? [] : [Certificate];
  };
  return (await Promise.all(arns.map(read))).flat();
}

function namesOf(resources: readonly StackResourceSummary[], type: string): readonly string[] {
  return resources.flatMap(({ ResourceType, PhysicalResourceId = '' }) =>
    ResourceType === type && PhysicalResourceId !== '' ? [PhysicalResourceId] : [],
  );
}

function notDeployed(stack: string, found: string): ConfigError {
  return new ConfigError({
    code: 'api-not-deployed',
    location: `--stack ${stack}`,
    found,
    expected: 'a stack with a domain, deployed or in deployment',
    fix: 'Check --stack, --region and the credentials. The domain of a nested stack or a SharedDomain is in another stack: name that.',
  });
}

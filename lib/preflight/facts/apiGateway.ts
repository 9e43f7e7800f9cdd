import { type Account, ReadFailure } from '../account.ts';

/** Settings of API Gateway that all APIs of a region share. */
export interface ApiGatewaySettings {
  /** Requests a second of all APIs together, and their burst. */
  readonly rate: number;
  readonly burst: number;
  /** ARN of the role that writes logs. */
  readonly logRole: string | undefined;
}

/** The most items of a page, for each list. */
const PAGE = 500;

/** Reads what all APIs of the region share. */
export async function apiGatewaySettings(account: Account): Promise<ApiGatewaySettings> {
  const { GetAccountCommand } = account.sdk.apiGateway;
  const client = clientOf(account);
  const { throttleSettings, cloudwatchRoleArn } = await account.read('GetAccount', (options) =>
    client.send(new GetAccountCommand({}), options),
  );
  const { rateLimit: rate, burstLimit: burst } = throttleSettings ?? {};
  if (rate === undefined || burst === undefined) {
    throw new ReadFailure('apigateway:GET', 'GetAccount returned no throttle');
  }
  return { rate, burst, logRole: cloudwatchRoleArn === '' ? undefined : cloudwatchRoleArn };
}

/** How many API keys the region has. Their values are not read. */
export async function countApiKeys(account: Account): Promise<number> {
  const { GetApiKeysCommand } = account.sdk.apiGateway;
  const client = clientOf(account);
  const keys = await account.list('GetApiKeys', async (options, position) => {
    const page = await client.send(new GetApiKeysCommand({ limit: PAGE, position, includeValues: false }), options);
    return { items: page.items, next: page.position };
  });
  return keys.length;
}

/** How many usage plans the region has. */
export async function countUsagePlans(account: Account): Promise<number> {
  const { GetUsagePlansCommand } = account.sdk.apiGateway;
  const client = clientOf(account);
  const plans = await account.list('GetUsagePlans', async (options, position) => {
    const page = await client.send(new GetUsagePlansCommand({ limit: PAGE, position }), options);
    return { items: page.items, next: page.position };
  });
  return plans.length;
}

/** How many regional REST APIs the region has. */
export async function countRegionalApis(account: Account): Promise<number> {
  const { GetRestApisCommand } = account.sdk.apiGateway;
  const client = clientOf(account);
  const apis = await account.list('GetRestApis', async (options, position) => {
    const page = await client.send(new GetRestApisCommand({ limit: PAGE, position }), options);
    return { items: page.items, next: page.position };
  });
  return apis.filter(({ endpointConfiguration }) => endpointConfiguration?.types?.includes('REGIONAL')).length;
}

/** The host names that the region's API Gateway serves for this account. */
export async function hostNames(account: Account): Promise<readonly string[]> {
  const { GetDomainNamesCommand } = account.sdk.apiGateway;
  const client = clientOf(account);
  const domains = await account.list('GetDomainNames', async (options, position) => {
    const page = await client.send(new GetDomainNamesCommand({ limit: PAGE, position }), options);
    return { items: page.items, next: page.position };
  });
  return domains.flatMap(({ domainName }) => domainName ?? []);
}

function clientOf({ sdk, config }: Account) {
  return new sdk.apiGateway.APIGatewayClient(config);
}

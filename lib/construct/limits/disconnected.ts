import { tierKeyStart } from '../../../lambdas/shared/clientKey.ts';
import { type AuthorizerEnvironment, variable } from '../../../lambdas/shared/wireContract.ts';
import { hasCaller } from '../../definition/access.ts';
import type { Api } from '../../definition/api.ts';
import { invalid } from '../invalid.ts';
import { type Json, leadingString, pointsTo, type Resource, record, type TemplateFragment } from './template.ts';
import { methodThrottles } from './usagePlans.ts';

const KEYS_SECRET = variable<AuthorizerEnvironment>('SECURE_API_KEYS_SECRET');

/**
 * Proves of a template that the limits of an API are in force: key source, per-operation security, and for each tier a key
 * that the authorizer names, in a plan with the tier's limits, on the stage. Where one is missing, API Gateway raises no
 * error: the limits just do nothing, or every caller gets 403. `SecureApi` proves it of itself at every synth.
 *
 * @param template One with this API alone, as CloudFormation would get it.
 * @throws {ConfigError} `limits-disconnected` naming every gap.
 */
export function assertLimitsConnected(api: Api, template: TemplateFragment): void {
  const gaps = limitGaps(api, template);
  if (gaps.length === 0) return;
  throw invalid({
    code: 'limits-disconnected',
    location: 'the template',
    found: gaps.join('; '),
    expected: 'limits that are in force',
    fix: 'Remove what overrides or removes these parts of SecureApi.',
  });
}

/** What fails a synth: one error for each limit of the API in a template that would do nothing. */
export function disconnectedLimits(api: Api, template: TemplateFragment): readonly string[] {
  return limitGaps(api, template).map((gap) => `limits-disconnected: ${gap}. Remove what overrides it.`);
}

/** One string for each gap; none when all limits are joined. */
function limitGaps(api: Api, { Resources }: TemplateFragment): readonly string[] {
  const all = Object.entries(Resources).map(([id, { Type, Properties }]) => ({
    id,
    type: Type,
    properties: Properties ?? {},
  }));
  const restApi = all.find(({ type }) => type === 'AWS::ApiGateway::RestApi');
  const stage = all.find(
    ({ type, properties }) => type === 'AWS::ApiGateway::Stage' && pointsTo(properties['RestApiId'], restApi),
  );
  if (restApi === undefined || stage === undefined) return ['there is no API with a stage'];
  const tiers = Object.keys(api.tiers).flatMap((tier) => tierGaps({ api, tier, all, restApi, stage }));
  return [...sourceGaps(restApi), ...operationGaps(api, restApi), ...tiers];
}

/** Without this source the key of the caller's own header would count. */
function sourceGaps({ properties }: Resource): readonly string[] {
  const said = [properties['ApiKeySourceType'], record(properties['Body'])['x-amazon-apigateway-api-key-source']];
  const isAuthorizer =
    said.includes('AUTHORIZER') && said.every((source) => source === undefined || source === 'AUTHORIZER');
  return isAuthorizer ? [] : ['the key source is not AUTHORIZER'];
}

function operationGaps(api: Api, { properties }: Resource): readonly string[] {
  const paths = record(record(properties['Body'])['paths']);
  return Object.values(api.routes).flatMap(({ access, method, path }) => {
    if (!hasCaller(access)) return [];
    const { security } = record(record(paths[path])[method.toLowerCase()]);
    const requirements = Array.isArray(security) ? security.map(record) : [];
    const asksForKey = requirements.length > 0 && requirements.every((requirement) => 'api_key' in requirement);
    return asksForKey ? [] : [`${method} ${path} does not ask for an API key`];
  });
}

interface TierPieces {
  readonly api: Api;
  readonly tier: string;
  readonly all: readonly Resource[];
  readonly restApi: Resource;
  readonly stage: Resource;
}

function tierGaps(pieces: TierPieces): readonly string[] {
  const { tier, all } = pieces;
  const ofType = (wanted: string) => all.filter(({ type }) => type === `AWS::ApiGateway::${wanted}`);
  const key = ofType('ApiKey').find(({ properties }) =>
    leadingString(properties['Value']).startsWith(`${tierKeyStart(tier)}{{resolve:`),
  );
  if (key === undefined) return [`the tier ${tier} has no key whose value the authorizer could name`];
  const memberships = ofType('UsagePlanKey').filter(({ properties }) => pointsTo(properties['KeyId'], key));
  const plan = ofType('UsagePlan').find((candidate) =>
    memberships.some(({ properties }) => pointsTo(properties['UsagePlanId'], candidate)),
  );
  const gaps = plan === undefined ? [`the key of ${tier} is in no usage plan`] : planGaps(plan, pieces);
  return [...keyGaps(key, pieces), ...gaps];
}

function keyGaps({ properties }: Resource, { tier, all }: TierPieces): readonly string[] {
  const gaps = properties['Enabled'] === true ? [] : [`the key of ${tier} is disabled`];
  const read = all
    .map((resource) => record(record(resource.properties['Environment'])['Variables'])[KEYS_SECRET])
    .find((variable) => variable !== undefined);
  const isRead = read !== undefined && JSON.stringify(properties['Value']).includes(JSON.stringify(read));
  return isRead ? gaps : [...gaps, `the authorizer does not read the secret in the key of ${tier}`];
}

function planGaps({ properties }: Resource, { api, tier, restApi, stage }: TierPieces): readonly string[] {
  const gaps: string[] = [];
  const limits = api.tiers[tier];
  const { RateLimit, BurstLimit } = record(properties['Throttle']);
  const { Limit, Period } = record(properties['Quota']);
  if (RateLimit !== limits?.rate || BurstLimit !== limits?.burst)
    gaps.push(`the plan of ${tier} is missing its throttle`);
  if (Limit !== limits?.quota.requests || Period !== limits?.quota.per)
    gaps.push(`the plan of ${tier} is missing its quota`);
  const stages = Array.isArray(properties['ApiStages']) ? properties['ApiStages'].map(record) : [];
  const own = stages.find(
    ({ ApiId, Stage }) => pointsTo(ApiId, restApi) && pointsTo(Stage, stage, stage.properties['StageName']),
  );
  if (own === undefined) return [...gaps, `the plan of ${tier} is not on the stage`];
  return [...gaps, ...methodGaps(own, api, tier)];
}

function methodGaps({ Throttle }: Json, api: Api, tier: string): readonly string[] {
  const methods = record(Throttle);
  return Object.entries(methodThrottles(api, tier) ?? {}).flatMap(([method, { rateLimit, burstLimit }]) => {
    const { RateLimit, BurstLimit } = record(methods[method]);
    return RateLimit === rateLimit && BurstLimit === burstLimit
      ? []
      : [`the plan of ${tier} is missing the limit of ${method}`];
  });
}

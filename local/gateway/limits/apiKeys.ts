/**
 * API keys, by which usage plans count requests.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html
 */
import type { RestApiModel, StackModel, UsagePlanModel } from '../../assembly/model.ts';
import type { ApiKeys } from '../../contracts.ts';
import { isApiKeyScheme, perOperation, schemesOf, securitySchemes } from '../openApi.ts';
import type { RequestState } from '../requestState.ts';
import { rejection, type Step } from '../step.ts';

const INVALID = rejection('INVALID_API_KEY', 'Forbidden');

/** The usage plans that cover this stage of the API. */
export function plansOfStage(model: StackModel, api: RestApiModel): UsagePlanModel[] {
  return model.usagePlans.filter(({ stages }) =>
    stages.some(({ restApiId, stage }) => restApiId === api.id && stage === api.stage.name),
  );
}

/**
 * Makes the step that finds the caller's API key, for operations whose `security` has an API key scheme.
 *
 * The key is the authorizer's `usageIdentifierKey` or the `x-api-key` header, depending on the API's key source. A key that is
 * not enabled, or is in no plan of this stage, is rejected: `INVALID_API_KEY`, 403. Sets `state.apiKey`.
 *
 * @param keys - the keys that exist now; by default those of the template.
 */
export function createApiKeyCheck(model: StackModel, api: RestApiModel, keys: ApiKeys = templateKeys(model)): Step {
  const plans = new Set(plansOfStage(model, api).map(({ id }) => id));
  const schemes = securitySchemes(api.body);
  const required = perOperation((operation) =>
    schemesOf(operation).some((name) => isApiKeyScheme(schemes[name] ?? {})),
  );
  const readKey =
    api.apiKeySource === 'AUTHORIZER'
      ? (state: RequestState) => state.grant?.usageIdentifierKey
      : (state: RequestState) => state.request.headers['x-api-key']?.[0];
  return (state) => {
    if (state.route === undefined || !required(state.route)) return undefined;
    const value = readKey(state);
    const key = value === undefined ? undefined : keys.byValue(value);
    if (key === undefined || !key.enabled || !key.planIds.some((id) => plans.has(id))) return INVALID;
    state.apiKey = key;
    return undefined;
  };
}

/** The keys of the template. */
function templateKeys(model: StackModel): ApiKeys {
  const keys = new Map(model.apiKeys.map((key) => [key.value, key]));
  return { byValue: (value) => keys.get(value) };
}

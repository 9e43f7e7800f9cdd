/**
 * Mock integrations: responses without a backend, such as those to a CORS preflight.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */
import { type Json, record, string } from '../../assembly/values.ts';
import type { RequestState } from '../requestState.ts';
import { type Outcome, rejection, type Step } from '../step.ts';
import { compileHeader, type TemplateScope } from '../template.ts';
import { compileMapping, type MappingTemplate } from '../vtl/evaluate.ts';
import { VtlError } from '../vtl/syntax.ts';
import { isBinaryRequest } from './binaryMedia.ts';

const HEADER = 'method.response.header.';
const JSON_TYPE = 'application/json';
const UNSUPPORTED = rejection('UNSUPPORTED_MEDIA_TYPE', 'Unsupported Media Type');
const FAILED = rejection('DEFAULT_5XX', 'Internal server error');
const NOT_EMULATED = rejection('API_CONFIGURATION_ERROR', 'Internal server error');

interface CompiledResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, ReturnType<typeof compileHeader>])[];
  readonly type: string;
  readonly template: MappingTemplate;
}

/**
 * Makes the step that sends the integration response for the status that the request template names. With a template that is
 * not emulated, which `mockGaps` reports at start, every request is rejected with 500.
 */
export function createMockIntegration(integration: Json, scope: TemplateScope): Step {
  try {
    return compile(integration, scope);
  } catch (error) {
    if (!(error instanceof VtlError)) throw error;
    return () => NOT_EMULATED;
  }
}

/** What of the templates of a mock integration is not emulated. */
export function mockGaps(integration: Json, scope: TemplateScope): readonly string[] {
  const responses = Object.values(record(integration['responses'])).map(record);
  const all = [integration['requestTemplates'], ...responses.map((response) => response['responseTemplates'])];
  return all
    .flatMap((templates) => Object.values(record(templates)))
    .flatMap((template) => {
      try {
        compileMapping(string(template) ?? '', scope);
        return [];
      } catch (error) {
        if (!(error instanceof VtlError)) throw error;
        return [`a template of its mock integration is not run, and its requests get 500: ${error.message}`];
      }
    });
}

function compile(integration: Json, scope: TemplateScope): Step {
  const statusOf = requestStatus(integration, scope);
  const responses = record(integration['responses']);
  const compiled = new Map(
    Object.keys(responses).map((key) => [key, compileResponse(record(responses[key]), key, scope)]),
  );
  return (state) => {
    state.integrationLatencyMs = 0;
    const status = statusOf(state);
    if (typeof status !== 'number') return status;
    state.integrationStatus = status;
    const response = compiled.get(keyFor(Object.keys(responses), String(status)));
    return response === undefined ? FAILED : respond(response, state);
  };
}

function compileResponse(response: Json, key: string, scope: TemplateScope): CompiledResponse {
  const [[type, template] = [JSON_TYPE, '']] = Object.entries(record(response['responseTemplates']));
  const headers = Object.entries(record(response['responseParameters'])).filter(([name]) => name.startsWith(HEADER));
  return {
    status: Number(string(response['statusCode']) ?? (/^\d+$/.test(key) ? key : 200)),
    headers: headers.map(([name, value]) => [name.slice(HEADER.length), compileHeader(string(value) ?? '', scope)]),
    type,
    template: compileMapping(string(template) ?? '', scope),
  };
}

/**
 * Overrides replace what is mapped.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
 */
function respond({ status, headers, type, template }: CompiledResponse, state: RequestState): Outcome {
  const filled = template({ state });
  if (filled === undefined) return FAILED;
  const isOverridden = (name: string) =>
    [...filled.headers.keys()].some((key) => key.toLowerCase() === name.toLowerCase());
  const mapped = headers
    .filter(([name]) => !isOverridden(name))
    .map(([name, write]) => [name, write({ state })] as const);
  const all = [...mapped, ...filled.headers];
  const body = filled.text.trim() === '' ? '' : filled.text;
  return {
    kind: 'response',
    status: filled.status ?? status,
    headers: body === '' ? all : [['Content-Type', type], ...all],
    body,
  };
}

/**
 * The status that the request template names for a request. The template is that of the media type of the request; without one,
 * the body is passed on, or rejected with 415. A binary body that is not converted has no template, and fails.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
 */
function requestStatus(integration: Json, scope: TemplateScope): (state: RequestState) => number | Outcome {
  const templates = new Map(
    Object.entries(record(integration['requestTemplates'])).map(([type, template]) => [
      type.toLowerCase(),
      compileMapping(string(template) ?? '', scope),
    ]),
  );
  const passthrough = (string(integration['passthroughBehavior']) ?? 'when_no_match').toLowerCase();
  const converts = string(integration['contentHandling']) === 'CONVERT_TO_TEXT';
  return (state) => {
    const [type = ''] = (state.request.headers['content-type']?.[0] ?? JSON_TYPE).split(';');
    const media = type.trim().toLowerCase();
    if (!converts && isBinaryRequest(state.request, scope.api)) return FAILED;
    const template = templates.get(media);
    const isRejected = passthrough === 'never' || (passthrough === 'when_no_templates' && templates.size > 0);
    if (template === undefined && isRejected) return UNSUPPORTED;
    const text = template === undefined ? state.request.body.toString() : template({ state })?.text;
    const named = /statusCode['"]?\s*:\s*(\d+)/.exec(text ?? '')?.[1];
    return named === undefined ? FAILED : Number(named);
  };
}

/** The response whose key matches the status; a key may be a regular expression. Else `default`. */
function keyFor(keys: readonly string[], status: string): string {
  return keys.find((each) => each !== 'default' && matches(each, status)) ?? 'default';
}

function matches(key: string, status: string): boolean {
  try {
    return new RegExp(`^(?:${key})$`).test(status);
  } catch {
    return false;
  }
}

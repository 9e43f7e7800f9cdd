/**
 * Mock integrations: responses without a backend, such as those to a CORS preflight.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */
import { type Json, record, string } from '../../assembly/values.ts';
import type { Step } from '../step.ts';
import { compileBody, compileHeader, type TemplateScope } from '../template.ts';

const HEADER = 'method.response.header.';

/** Makes the step that sends the integration response for the status that the request template names. */
export function createMockIntegration(integration: Json, scope: TemplateScope): Step {
  const [requestTemplate] = Object.values(record(integration['requestTemplates'])).map(string);
  const named = /statusCode'?"?\s*:\s*(\d+)/.exec(requestTemplate ?? '')?.[1] ?? '200';
  const response = responseFor(record(integration['responses']), named);
  const status = Number(string(response['statusCode']) ?? named);
  const [[type, template] = ['application/json', '']] = Object.entries(record(response['responseTemplates']));
  const body = compileBody(string(template) ?? '', scope);
  const headers = Object.entries(record(response['responseParameters']))
    .filter(([name]) => name.startsWith(HEADER))
    .map(([name, value]) => [name.slice(HEADER.length), compileHeader(string(value) ?? '', scope)] as const);
  return (state) => {
    state.integrationLatencyMs = 0;
    state.integrationStatus = Number(named);
    const source = { state };
    const filled = headers.map(([name, write]) => [name, write(source)] as const);
    const content = body(source);
    return {
      kind: 'response',
      status,
      headers: content === '' ? filled : [['Content-Type', type], ...filled],
      body: content,
    };
  };
}

/** The response under the first key that matches the status; a key may be a regular expression. Else `default`. */
function responseFor(responses: Json, status: string): Json {
  const key = Object.keys(responses).find((each) => each !== 'default' && matches(each, status)) ?? 'default';
  return record(responses[key]);
}

function matches(key: string, status: string): boolean {
  try {
    return new RegExp(`^(?:${key})$`).test(status);
  } catch {
    return false;
  }
}

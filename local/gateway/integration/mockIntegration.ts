/**
 * Mock integrations: answers without a backend, such as those of a CORS preflight.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */
import { type Json, record, string } from '../../assembly/values.ts';
import { compileBody, compileHeader, type ExpressionScope } from '../expression.ts';
import type { Step } from '../step.ts';

const HEADER = 'method.response.header.';

/** Makes the stage that answers by the integration response of the status that the request template names. */
export function createMockIntegration(integration: Json, scope: ExpressionScope): Step {
  const [template] = Object.values(record(integration['requestTemplates'])).map(string);
  const named = /statusCode'?"?\s*:\s*(\d+)/.exec(template ?? '')?.[1] ?? '200';
  const response = responseFor(record(integration['responses']), named);
  const status = Number(string(response['statusCode']) ?? named);
  const [[type, content] = ['application/json', '']] = Object.entries(record(response['responseTemplates']));
  const body = compileBody(string(content) ?? '', scope);
  const headers = Object.entries(record(response['responseParameters']))
    .filter(([name]) => name.startsWith(HEADER))
    .map(([name, value]) => [name.slice(HEADER.length), compileHeader(string(value) ?? '', scope)] as const);
  return (state) => {
    state.integrationLatencyMs = 0;
    state.integrationStatus = Number(named);
    const source = { state };
    const written = headers.map(([name, write]) => [name, write(source)] as const);
    const text = body(source);
    return {
      kind: 'response',
      status,
      headers: text === '' ? written : [['Content-Type', type], ...written],
      body: text,
    };
  };
}

/** By the first key that matches the status, which may be a regular expression; else `default`. */
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

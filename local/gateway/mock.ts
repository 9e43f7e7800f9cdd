/**
 * Mock integrations: answers without a backend, such as those of a CORS preflight.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */
import { type Json, record, text } from '../assembly/values.ts';
import type { Stage } from './exchange.ts';
import { bodyTemplate, type ExpressionScope, headerExpression } from './expression.ts';

const HEADER = 'method.response.header.';

/** Makes the stage that answers by the integration response of the status that the request template names. */
export function createMock(integration: Json, scope: ExpressionScope): Stage {
  const [template] = Object.values(record(integration['requestTemplates'])).map(text);
  const named = /statusCode'?"?\s*:\s*(\d+)/.exec(template ?? '')?.[1] ?? '200';
  const response = responseFor(record(integration['responses']), named);
  const status = Number(text(response['statusCode']) ?? named);
  const [[type, content] = ['application/json', '']] = Object.entries(record(response['responseTemplates']));
  const body = bodyTemplate(text(content) ?? '', scope);
  const headers = Object.entries(record(response['responseParameters']))
    .filter(([name]) => name.startsWith(HEADER))
    .map(([name, value]) => [name.slice(HEADER.length), headerExpression(text(value) ?? '', scope)] as const);
  return (exchange) => {
    exchange.integrationLatencyMs = 0;
    exchange.integrationStatus = Number(named);
    const source = { exchange };
    const written = headers.map(([name, write]) => [name, write(source)] as const);
    const text = body(source);
    return { kind: 'reply', status, headers: text === '' ? written : [['Content-Type', type], ...written], body: text };
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

/** What of an operation's integration is not emulated. */
import { isRecord, type Json, record, string } from '../../assembly/values.ts';
import { functionArnOf } from '../openApi.ts';

const EMULATED = new Set([
  'type',
  'httpMethod',
  'uri',
  'credentials',
  'passthroughBehavior',
  'timeoutInMillis',
  'responses',
]);

/** One line for each part that is not emulated; none for a Lambda proxy or a plain mock. */
export function integrationGaps(operation: Json): string[] {
  const integration = operation['x-amazon-apigateway-integration'];
  if (!isRecord(integration)) return ['it has no integration'];
  const type = (string(integration['type']) ?? '').toLowerCase();
  if (type !== 'aws_proxy' && type !== 'mock') return [`integrations of type ${type || '(none)'} are not run`];
  const lines = Object.keys(integration)
    .filter((key) => !EMULATED.has(key) && !(type === 'mock' && key === 'requestTemplates'))
    .map((key) => `${key} of its integration is not emulated`);
  const isFunction = functionArnOf(string(integration['uri']) ?? '') !== undefined;
  if (type === 'aws_proxy' && !isFunction) lines.push('its integration names no Lambda function');
  return type === 'mock' ? [...lines, ...mockTemplates(integration)] : lines;
}

/** Of a mock's request template, only the status code is read. */
function mockTemplates(integration: Json): string[] {
  const templates = Object.values(record(integration['requestTemplates']));
  const plain = templates.every((template) =>
    /^\s*\{\s*"?'?statusCode'?"?\s*:\s*\d+\s*\}\s*$/.test(string(template) ?? ''),
  );
  return plain ? [] : ['the request template of its mock integration is read for {"statusCode": n} only'];
}

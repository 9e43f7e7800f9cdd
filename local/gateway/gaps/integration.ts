/** What of an operation's integration is not emulated. */
import type { RestApiModel } from '../../assembly/model.ts';
import { isRecord, type Json, string } from '../../assembly/values.ts';
import { mockGaps } from '../integration/mockIntegration.ts';
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

/** Of mocks alone. */
const OF_MOCKS = new Set(['contentHandling', 'requestTemplates']);

/** One line for each part that is not emulated; none for a Lambda proxy. */
export function integrationGaps(operation: Json, api: RestApiModel): string[] {
  const integration = operation['x-amazon-apigateway-integration'];
  if (!isRecord(integration)) return ['it has no integration'];
  const type = (string(integration['type']) ?? '').toLowerCase();
  if (type !== 'aws_proxy' && type !== 'mock') return [`integrations of type ${type || '(none)'} are not run`];
  const lines = Object.keys(integration)
    .filter((key) => !EMULATED.has(key) && !(type === 'mock' && OF_MOCKS.has(key)))
    .map((key) => `${key} of its integration is not emulated`);
  const isFunction = functionArnOf(string(integration['uri']) ?? '') !== undefined;
  if (type === 'aws_proxy' && !isFunction) lines.push('its integration names no Lambda function');
  return type === 'mock' ? [...lines, ...mockGaps(integration, { api, account: '' })] : lines;
}

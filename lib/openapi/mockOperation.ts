import { staticValues } from './gatewayHeaders.ts';
import type { Json } from './json.ts';

/** A response that API Gateway sends itself. */
export interface MockResponse {
  readonly status: number;
  /** Static values by name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that the template sets, beside those. */
  readonly templateHeaders?: readonly string[];
  /** Template of the body; empty for none. */
  readonly template: string;
}

/**
 * An operation with a mock integration: no authorizer, function, API key or usage plan sees its requests.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */
export function mockOperation({ status, headers, templateHeaders = [], template }: MockResponse): Json {
  const names = [...new Set([...templateHeaders, ...Object.keys(headers)])];
  const parameters = Object.entries(staticValues(headers)).map(([name, value]) => [
    `method.response.header.${name}`,
    value,
  ]);
  return {
    // Mapped headers have to be declared.
    responses: {
      [status]: {
        description: '',
        headers: Object.fromEntries(names.map((name) => [name, { schema: { type: 'string' } }])),
      },
    },
    security: [],
    'x-amazon-apigateway-integration': {
      type: 'mock',
      // A request of another media type would have no template, and so no status.
      passthroughBehavior: 'never',
      // With a binary media type that matches, the template would not run, and the response would be 500.
      contentHandling: 'CONVERT_TO_TEXT',
      requestTemplates: { 'application/json': `{"statusCode":${status}}` },
      responses: {
        default: {
          statusCode: String(status),
          contentHandling: 'CONVERT_TO_TEXT',
          responseParameters: Object.fromEntries(parameters),
          responseTemplates: { 'application/json': template },
        },
      },
    },
  };
}

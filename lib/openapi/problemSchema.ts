import { problemType } from '../../lambdas/shared/problems.ts';
import type { Json } from './json.ts';

/**
 * The schema of a problem document, for the public document. Those of the web ACL have no `instance`: its bodies are
 * fixed, and so is their media type.
 */
export function problemSchema(base?: string): Json {
  return {
    type: 'object',
    description:
      'A problem document (RFC 9457). For requests that the web ACL counts or measures (429, 413) it is `application/json`, without `instance`.',
    required: ['type', 'title', 'code'],
    properties: {
      type: {
        type: 'string',
        format: 'uri',
        description: 'Names the kind of problem; its page explains it.',
        examples: [problemType('invalid-request', base)],
      },
      title: { type: 'string' },
      status: { type: 'integer', minimum: 400, maximum: 599 },
      detail: { type: 'string' },
      instance: { type: 'string', description: 'The request id, to be quoted in a question about it.' },
      code: { type: 'string', pattern: '^[a-z][a-z-]*$', description: 'The last segment of `type`.' },
      errors: {
        type: 'array',
        description: 'The faults of the request, each with its location.',
        items: {
          type: 'object',
          required: ['code', 'message'],
          properties: {
            pointer: { type: 'string', description: 'RFC 6901, into the body.' },
            parameter: { type: 'string', description: 'Name of a path or query parameter.' },
            header: { type: 'string', description: 'Name of a header.' },
            code: { type: 'string' },
            message: { type: 'string' },
          },
        },
      },
    },
  };
}

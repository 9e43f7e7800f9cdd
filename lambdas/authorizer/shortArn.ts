import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { METHOD_PARTS } from './patternIndex.ts';

/** Methods that a resource of a policy can name. */
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ANY'];

/** `arn:aws:execute-api:region:account:api/stage`, of the ARN of a method. */
export function stageOf(methodArn: string): string {
  const end = methodArn.indexOf('/', methodArn.indexOf('/') + 1);
  return end < 0 ? methodArn : methodArn.slice(0, end);
}

/**
 * The same with wildcards for region, account and API: `arn:aws:execute-api:*:*:*` followed by the stage. API Gateway documents them
 * ("Resource format of permissions for executing API"). They grant nothing in another API: the policy of an authorizer is evaluated for
 * its own API alone. Because `*` also takes slashes, see {@link hasSafeShortArns}.
 */
export function shortStage(stage: string): string {
  const [arn, partition, service] = stage.split(':');
  return `${arn}:${partition}:${service}:*:*:*/${stage.split('/')[1]}`;
}

/**
 * Makes the function that says whether the short form of a stage's ARN matches the same requests as the long form. It does unless the path
 * of a request can repeat the stage and a method: with `/{a}/{b}`, `POST /prod/GET` has an ARN that ends in `/prod/GET`. The value of a
 * parameter can be any text. So no parameter, and no segment with the name of the stage, is followed by a parameter or by a segment that
 * some pattern of a method matches; and the stage is no method, which is what precedes the path.
 */
export function hasSafeShortArns({ routes }: Pick<AccessPolicy, 'routes'>): (stage: string) => boolean {
  const isOpen = (part: string | undefined) => part?.startsWith('{') === true;
  /** Segments before a parameter or what can be a method. */
  const before = new Set<string>();
  for (const { path } of routes) {
    const parts = path.split('/').slice(1);
    for (const [i, part] of parts.entries()) {
      const next = parts[i + 1];
      if (next !== undefined && (isOpen(next) || isLikeMethod(next))) before.add(isOpen(part) ? '{}' : part);
    }
  }
  return (stage) => {
    const name = stage.split('/')[1] ?? '';
    return !before.has('{}') && !before.has(name) && !METHODS.includes(name);
  };
}

/** Whether a pattern of a method matches a segment: `P*` also takes `Products`, and `?E*` also `SET`. */
function isLikeMethod(segment: string): boolean {
  return METHODS.includes(segment) || Object.values(METHOD_PARTS).some((part) => part.test(segment));
}

import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';

/** Methods that a resource of a policy can name. */
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ANY'];

/** `arn:aws:execute-api:region:account:api/stage`, of the ARN of a method. */
export function stageOf(methodArn: string): string {
  return methodArn.split('/', 2).join('/');
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
 * of a request can repeat stage and method: with `/{a}/{b}`, `POST /prod/GET` has an ARN that ends in `/prod/GET`. So a path must not
 * have a parameter, or a segment with the name of the stage, followed by a parameter or by a segment with the name of a method.
 */
export function hasSafeShortArns({ routes }: Pick<AccessPolicy, 'routes'>): (stage: string) => boolean {
  const isOpen = (part: string | undefined) => part?.startsWith('{') === true;
  /** Segments before a parameter or a method. */
  const before = new Set<string>();
  for (const { path } of routes) {
    const parts = path.split('/');
    for (const [i, part] of parts.entries()) {
      const next = parts[i + 1];
      if (next !== undefined && (isOpen(next) || METHODS.includes(next))) before.add(isOpen(part) ? '{}' : part);
    }
  }
  return (stage) => {
    const name = stage.split('/')[1] ?? '';
    return !before.has('{}') && !before.has(name) && !METHODS.includes(name);
  };
}

import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { CorsPolicy } from '../../../lambdas/shared/cors.ts';
import type { HandlerEnvironment } from '../../../lambdas/shared/wireContract.ts';
import type { Route } from '../../definition/api.ts';
import type { ResponseMode } from '../../definition/bundledTypes.ts';
import { formatValue } from '../../definition/checks/check.ts';
import { invalid } from '../invalid.ts';
import { record, templateFragment } from '../limits/template.ts';
import { variableFaults } from '../settings.ts';
import { createFunction, type FunctionProps } from './function.ts';
import type { FunctionBundle } from './pendingCode.ts';

/** Props of `Handlers`. */
export interface HandlersProps extends FunctionProps {
  /** The code of each function, by group. */
  readonly bundles: ReadonlyMap<string, FunctionBundle>;
  /** What becomes of a response that its route does not declare. */
  readonly responses: ResponseMode;
  /** Adds `preload` to Strict-Transport-Security. */
  readonly hstsPreload: boolean;
  /** Which pages of other origins can read responses. @default - none */
  readonly cors?: CorsPolicy;
  /** The user's variables of every function. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The functions that serve routes: one for each group, sized for the largest of its routes. */
export class Handlers extends Construct {
  /** By group: the first segment of the path, or the name of an isolated route, with `-isolated` where a path begins with this name. */
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  private readonly routes: Readonly<Record<string, Route>>;

  constructor(scope: Construct, id: string, props: HandlersProps) {
    super(scope, id);
    this.routes = props.api.routes;
    const environment: HandlerEnvironment = {
      SECURE_API_RESPONSES: props.responses,
      ...(props.hstsPreload ? { SECURE_API_HSTS: 'preload' } : {}),
      ...(props.cors === undefined ? {} : { SECURE_API_CORS: policyOf(props.cors) }),
      ...props.environment,
    };
    const functions = [...props.bundles].map(([group, bundle]) => {
      const routes = Object.values(this.routes).filter((route) => route.group === group);
      const count = `${routes.length} ${routes.length === 1 ? 'route' : 'routes'}`;
      const fn = createFunction(new Construct(this, group), props, {
        bundle,
        description: `${props.api.name}: ${group} (${count})`,
        environment,
        memoryMb: largest(routes, 'memoryMb'),
        timeoutSeconds: largest(routes, 'timeoutSeconds'),
        concurrency: reserved(routes),
        servesRequests: true,
      });
      return [group, fn] as const;
    });
    this.functions = Object.fromEntries(functions);
    this.node.addValidation({ validate: () => functions.flatMap(([, fn]) => wrongVariables(fn)) });
  }

  /**
   * The function that serves a route.
   *
   * @throws {ConfigError} `option-invalid` when the definition has no such route.
   */
  functionOf(routeId: string): LambdaFunction {
    const found = Object.hasOwn(this.routes, routeId) ? this.functions[this.routes[routeId]?.group ?? ''] : undefined;
    if (found !== undefined) return found;
    throw invalid({
      location: 'handler()',
      found: formatValue(routeId),
      expected: `one of ${Object.keys(this.routes).join(', ')}`,
      fix: 'Name a route of the definition.',
    });
  }

  /** Lets a principal invoke every function directly, past gateway and authorizer. */
  grantInvoke(grantee: IGrantable): readonly Grant[] {
    return Object.values(this.functions).map((fn) => fn.grantInvoke(grantee));
  }
}

/** What the functions read of the prop: preflights are not theirs. */
function policyOf({ origins, credentials, exposeHeaders }: CorsPolicy): string {
  return JSON.stringify({ origins, credentials, exposeHeaders } satisfies CorsPolicy);
}

/** What fails a synth: variables that `addEnvironment` added, or that are too large together with those of the construct. */
function wrongVariables(fn: LambdaFunction): readonly string[] {
  const [resource] = Object.values(templateFragment(fn.node.defaultChild ?? fn).Resources);
  const variables = record(record(resource?.Properties?.['Environment'])['Variables']);
  return variableFaults(variables).map(
    ({ found, expected, fix }) =>
      `option-invalid at environment of ${fn.node.path}: found ${found}; expected ${expected}. ${fix}`,
  );
}

function reserved(routes: readonly Route[]): number | undefined {
  const asked = routes.flatMap(({ concurrency }) => concurrency ?? []);
  return asked.length === 0 ? undefined : Math.max(...asked);
}

function largest(routes: readonly Route[], key: 'memoryMb' | 'timeoutSeconds'): number {
  return Math.max(...routes.map((route) => route[key]));
}

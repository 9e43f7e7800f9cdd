import { CfnResource, STACK_RESOURCE_LIMIT_CONTEXT, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Api } from '../definition/api.ts';
import { isIsolated } from '../definition/functionGroup.ts';
import { invalid } from './invalid.ts';
import { isSynthesized, type TemplateFragment, templateFragment } from './limits/template.ts';

/** Resources of a stack: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_RESOURCES = 500;
/** Bytes of a template ("1 MB", on the same page). */
const LARGEST_TEMPLATE = 1_000_000;
/** From this size on, a template is written without white space. */
const LARGE_TEMPLATE = LARGEST_TEMPLATE / 2;
/** What of it is for outputs, parameters and conditions. */
const BESIDE_RESOURCES = 10_000;
/** Routes of an API whose template can have half of that. */
const MANY_ROUTES = 250;
const SPLIT =
  'split the definition into two APIs, each in its own stack, behind one SharedDomain: docs/large-apis.md of secure-api shows how.';

/** What does not fit. */
interface Excess {
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

/**
 * Requires that a stack can have the resources of an API. Call it when all of them exist.
 *
 * @throws {ConfigError} `stack-too-large`.
 */
export function requireStackQuotas(scope: IConstruct, api: Api): void {
  requireNone(scope, resourceExcess(scope, api));
}

/**
 * Requires that the template of a large API can be deployed. Call it before functions are bundled, because that takes most of the time of a
 * synth. Where nothing has to be bundled, it would be a large part of one (ADR 79), and {@link exceededStackQuotas} finds the same at its end.
 *
 * @throws {ConfigError} `stack-too-large`.
 */
export function requireTemplateSize(scope: IConstruct, api: Api): void {
  if (Object.keys(api.routes).length >= MANY_ROUTES) requireNone(scope, templateExcess(scope));
}

function requireNone(scope: IConstruct, [first]: readonly Excess[]): void {
  if (first !== undefined) throw invalid({ code: 'stack-too-large', location: Stack.of(scope).node.path, ...first });
}

/** What fails a synth: the same, with what was added to the stack after the API. */
export function exceededStackQuotas(scope: IConstruct, api: Api, own: TemplateFragment): readonly string[] {
  return [...resourceExcess(scope, api), ...templateExcess(scope, own)].map(
    ({ found, expected, fix }) =>
      `stack-too-large at ${Stack.of(scope).node.path}: found ${found}; expected ${expected}. ${fix}`,
  );
}

function resourceExcess(scope: IConstruct, api: Api): readonly Excess[] {
  const stack = Stack.of(scope);
  const given = Number.parseInt(String(stack.node.tryGetContext(STACK_RESOURCE_LIMIT_CONTEXT)), 10);
  const most = Number.isNaN(given) ? MOST_RESOURCES : given;
  const resources = resourcesOf(stack);
  // 0 is no limit, for those who split the template themselves.
  if (most === 0 || resources.length <= most) return [];
  const routes = Object.values(api.routes);
  const functions = new Set(routes.map(({ group }) => group));
  const single = Object.values(api.spec).filter(isIsolated).length;
  const counts: readonly (readonly [count: number, what: string])[] = [
    [
      resources.filter((one) => one.node.scopes.includes(childOf(scope, 'Handlers'))).length,
      ofFunctions(functions.size, single),
    ],
    [resources.filter(({ cfnResourceType }) => /Alarm$/.test(cfnResourceType)).length, 'alarms'],
    [resources.filter((one) => !one.node.scopes.includes(scope)).length, 'of the stack besides the API'],
  ];
  const listed = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return [
    {
      found: `${resources.length} resources, of which ${listed.join(', ')}`,
      expected: `at most ${most}, the quota of CloudFormation`,
      fix: `A function is four resources. Leave out isolate, or let paths begin with the same segment: such routes share a function. Or: ${SPLIT}`,
    },
  ];
}

function ofFunctions(count: number, single: number): string {
  const isolated = single === 0 ? '' : `, ${single} of them isolated`;
  return `for the ${count} functions that serve routes${isolated}`;
}

function childOf(scope: IConstruct, id: string): IConstruct {
  return scope.node.tryFindChild(id) ?? scope;
}

/** @param own the resources of the scope, where they are known. */
function templateExcess(scope: IConstruct, own?: TemplateFragment): readonly Excess[] {
  const stack = Stack.of(scope);
  const others = templateFragment(stack, own === undefined ? undefined : scope);
  const bytes = bytesOf({ Resources: { ...own?.Resources, ...others.Resources } });
  if (bytes > LARGE_TEMPLATE) writeWithoutWhiteSpace(stack);
  if (bytes <= LARGEST_TEMPLATE) return [];
  return [
    {
      found: `a template of about ${bytes} bytes`,
      expected: `at most ${LARGEST_TEMPLATE}, the quota of CloudFormation`,
      fix: `${SPLIT.charAt(0).toUpperCase()}${SPLIT.slice(1)}`,
    },
  ];
}

/**
 * Indentation doubles the size of a template. The CDK has a prop of the stack and a context for it, which both are read before a construct
 * of the stack exists. Where a later CDK has no such member, they remain: docs/large-apis.md.
 */
function writeWithoutWhiteSpace(stack: Stack): void {
  const member = '_suppressTemplateIndentation';
  if (member in stack) Reflect.set(stack, member, true);
}

/** Resources that will be in the template of a stack. */
function resourcesOf(stack: Stack): readonly CfnResource[] {
  const all = stack.node.findAll().filter((node) => CfnResource.isCfnResource(node));
  return all.filter((one) => one.stack === stack && isSynthesized(one));
}

/** Of a template with these resources: a little more than it has. */
function bytesOf(template: TemplateFragment): number {
  return Buffer.byteLength(JSON.stringify(template)) + BESIDE_RESOURCES;
}

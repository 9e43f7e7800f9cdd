import { CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { DeploymentId } from '../gateway/deploymentId.ts';

export type Json = Readonly<Record<string, unknown>>;

/** The part of a CloudFormation template that holds its resources. */
export interface TemplateFragment {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

/** A resource in a template. */
interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Json;
}

/** A resource of a template. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Json;
}

/**
 * The resources below a construct as they will be in the template, overrides and removals included. Only the id of a deployment is
 * another one, because its hash takes time.
 *
 * @param without a construct whose resources are left out, because resolving them takes time.
 */
export function templateFragment(scope: IConstruct, without?: IConstruct): TemplateFragment {
  const stack = Stack.of(scope);
  const scopes = scope.node.findAll();
  const all = scopes.filter((node) => CfnResource.isCfnResource(node));
  const resources = without === undefined ? all : all.filter(({ node }) => !node.scopes.includes(without));
  const fragments = DeploymentId.withoutHashes(scopes, () => resources.map((resource) => fragmentOf(stack, resource)));
  return { Resources: Object.assign({}, ...fragments.map((fragment) => fragment.Resources)) };
}

/** One resource as it will be in the template; undefined for one that will not be there. */
export function resolved(stack: Stack, resource: CfnResource): TemplateResource | undefined {
  return Object.values(fragmentOf(stack, resource).Resources ?? {})[0];
}

/** Whether a resource will be in the template. The CDK leaves out policies without statements. */
export function isSynthesized(resource: CfnResource): boolean {
  return (resource as unknown as { shouldSynthesize(): boolean }).shouldSynthesize();
}

function fragmentOf(stack: Stack, resource: CfnResource): Partial<TemplateFragment> {
  return stack.resolve(resource._toCloudFormation()) as Partial<TemplateFragment>;
}

/** Whether a value is a `Ref` or `Fn::GetAtt` of a resource, or its literal name. */
export function pointsTo(value: unknown, resource: Resource | undefined, name?: unknown): boolean {
  if (resource === undefined || value === undefined) return false;
  const { Ref, 'Fn::GetAtt': attribute } = record(value);
  const id = Ref ?? (Array.isArray(attribute) ? attribute[0] : undefined);
  return id === resource.id || (name !== undefined && value === name);
}

/** The string that a value starts with: a whole literal, or the first literals of an `Fn::Join` without a separator. */
export function leadingString(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join } = record(value);
  const [separator, parts] = Array.isArray(join) ? join : [];
  if (separator !== '' || !Array.isArray(parts)) return '';
  const end = parts.findIndex((part) => typeof part !== 'string');
  return (end === -1 ? parts : parts.slice(0, end)).join('');
}

/** A value as an object; empty for anything else. */
export function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

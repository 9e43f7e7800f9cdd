import type { SynthesizedStack } from '../assembly.ts';
import type { DeployedStack } from '../facts/deployedStack.ts';
import type { Finding } from '../finding.ts';
import type { Template } from '../template.ts';

/** What every check knows: the stack to deploy, where, and what is deployed now. */
export interface CheckContext {
  readonly stack: SynthesizedStack;
  readonly template: Template;
  readonly deployed: DeployedStack;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

/** A finding before the check adds its name. */
export type Result = Omit<Finding, 'check'>;

/** How many resources of some types the deployment adds to those of the deployed stack. */
export function added({ template, deployed }: CheckContext, ...types: readonly string[]): number {
  const existing = new Set(deployed.resources.map(({ id }) => id));
  return template.ofType(...types).filter(({ id }) => !existing.has(id)).length;
}

/** The names, ids or ARNs of the deployed stack's resources of a type. */
export function deployedIds({ deployed }: CheckContext, type: string): readonly string[] {
  return deployed.resources.filter((resource) => resource.type === type).map(({ physicalId }) => physicalId);
}

/** Whether a resource of the template is deployed already. */
export function isDeployed({ deployed }: CheckContext, id: string): boolean {
  return deployed.resources.some((resource) => resource.id === id);
}

/** A string property of a resource; none when only the deployment knows it. */
export function textOf(properties: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = properties[name];
  return typeof value === 'string' ? value : undefined;
}

/** One check: what it is about, and how to do it. It can end with a `ReadFailure`. */
export interface Check {
  readonly check: string;
  readonly run: () => Promise<readonly Result[]>;
  /** Whether the result depends on what is deployed: without that, existing resources of the stack would look like those of others. */
  readonly needsStack?: boolean;
}

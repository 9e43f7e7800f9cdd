import type { CfnResource } from 'aws-cdk-lib';
import { Lazy } from 'aws-cdk-lib';
import { Code, type CodeConfig, type ResourceBindOptions } from 'aws-cdk-lib/aws-lambda';
import type { Location } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Bundle, Bundles } from '../../bundle/bundle.ts';
import { StagedCode } from './stagedCode.ts';
import { untilStaged } from './untilStaged.ts';

/** The code of functions: bundled, or still to be bundled. */
export type FunctionBundle = Pick<Bundle, 'directory'> | PendingBundle;

/** Code for one function. */
export function codeOf(bundle: FunctionBundle): Code {
  return bundle instanceof PendingBundle ? bundle.code() : new StagedCode(bundle.directory);
}

/**
 * A bundle that is made when all resources of the API exist, because that takes seconds, and an API that does not fit a stack is
 * found without it.
 */
export class PendingBundle {
  private readonly codes: PendingCode[] = [];

  /** Code for one function. */
  code(): Code {
    const code = new PendingCode();
    this.codes.push(code);
    return code;
  }

  /** Copies the bundle into the cloud assembly, for each function that has it. */
  stage({ directory }: Bundle): void {
    for (const code of this.codes) code.stage(directory);
  }
}

/** The members of {@link Bundles} that are the code of functions, still to be bundled. */
export type PendingBundles = Readonly<Record<Exclude<keyof Bundles, 'groups' | 'remove'>, PendingBundle>> & {
  readonly groups: ReadonlyMap<string, PendingBundle>;
};

/** @param groups of routes, in the order of the definition. */
export function pendingBundles(groups: Iterable<string>): PendingBundles {
  return {
    authorizer: new PendingBundle(),
    pretoken: new PendingBundle(),
    usage: new PendingBundle(),
    rotation: new PendingBundle(),
    endpointCheck: new PendingBundle(),
    notifier: new PendingBundle(),
    groups: new Map([...groups].map((group) => [group, new PendingBundle()])),
  };
}

/** Bundles all functions, and gives them their code. */
export function stageBundles(scope: Construct, { groups, ...others }: PendingBundles, bundle: () => Bundles): Bundles {
  using bundles = untilStaged(scope, bundle());
  for (const [name, pending] of Object.entries(others)) pending.stage(bundles[name as keyof typeof others]);
  for (const [group, one] of bundles.groups) groups.get(group)?.stage(one);
  return bundles;
}

/** The CDK asks for the code of a function while it creates it; until then these are tokens. */
class PendingCode extends Code {
  readonly isInline = false;
  private scope: Construct | undefined;
  private resource: readonly [CfnResource, ResourceBindOptions?] | undefined;
  private location: Location | undefined;

  override bind(scope: Construct): CodeConfig {
    this.scope = scope;
    const bucketName = Lazy.string({ produce: () => this.location?.bucketName });
    const objectKey = Lazy.string({ produce: () => this.location?.objectKey });
    return { s3Location: { bucketName, objectKey } };
  }

  override bindToResource(...resource: readonly [CfnResource, ResourceBindOptions?]): void {
    this.resource = resource;
  }

  stage(directory: string): void {
    const { scope, resource } = this;
    if (scope === undefined || resource === undefined) return;
    const code = new StagedCode(directory);
    this.location = code.bind(scope).s3Location;
    code.bindToResource(...resource);
  }
}

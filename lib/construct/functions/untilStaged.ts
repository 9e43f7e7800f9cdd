import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import type { Construct } from 'constructs';

/**
 * Bundles for a `using` declaration: they are removed at its end, when the functions have copied their code into the cloud
 * assembly. An app that does not stage assets deploys them from where they were built, so they stay.
 */
export function untilStaged<B extends { remove(): void }>(scope: Construct, bundles: B): B & Disposable {
  const isStaged = scope.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT) === undefined;
  return { ...bundles, [Symbol.dispose]: () => isStaged && bundles.remove() };
}

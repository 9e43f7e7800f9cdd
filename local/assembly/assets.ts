import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AssemblyError } from './error.ts';
import { readJson, type StackArtifact } from './manifest.ts';
import { type Json, record, string } from './values.ts';

/** Finds the local file or directory behind an object key in the assets' bucket. */
export type AssetLookup = (objectKey: string) => string | undefined;

/** Reads the stack's `*.assets.json` once: object key → absolute path below the assembly. */
export function readAssets(stack: StackArtifact): AssetLookup {
  const paths = new Map<string, string>();
  for (const file of stack.assetManifests) {
    const manifest = readJson(join(stack.directory, file), 'bad-manifest', 'run `npx cdk synth` again');
    for (const asset of Object.values(record(manifest['files'])).map(record)) {
      const path = string(record(asset['source'])['path']);
      if (path === undefined) continue;
      for (const destination of Object.values(record(asset['destinations'])).map(record)) {
        paths.set(string(destination['objectKey']) ?? '', resolve(stack.directory, path));
      }
    }
  }
  return (objectKey) => paths.get(objectKey);
}

/** Where a resource's asset is: an object key, or the path in its CDK metadata. */
export interface AssetReference {
  /** Location of the resource, for messages. */
  readonly resource: string;
  readonly objectKey?: string;
  readonly metadata: Json;
  readonly directory: string;
}

/**
 * The path of a resource's asset on this machine.
 * @throws AssemblyError `missing-asset` when neither the asset manifests nor `aws:asset:path` name an existing path.
 */
export function locateAsset(lookup: AssetLookup, reference: AssetReference, kind: 'directory' | 'file'): string {
  const fromMetadata = string(reference.metadata['aws:asset:path']);
  const path =
    lookup(reference.objectKey ?? '') ??
    (fromMetadata === undefined ? undefined : resolve(reference.directory, fromMetadata));
  if (path !== undefined && existsSync(path) && statSync(path).isDirectory() === (kind === 'directory')) return path;
  throw new AssemblyError('missing-asset', {
    found: `${describe(path)} for the asset of ${reference.resource}`,
    expected: `a ${kind} inside the assembly`,
    fix: `synthesize again (\`npx cdk synth\`), and pass the code as a local ${kind}, not as an archive or from a bucket`,
  });
}

function describe(path: string | undefined): string {
  if (path === undefined) return 'no entry in the asset manifests';
  if (!existsSync(path)) return `nothing at ${path}`;
  return `a ${statSync(path).isDirectory() ? 'directory' : 'file'} at ${path}`;
}

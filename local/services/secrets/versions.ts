import { join } from 'node:path';
import type { SecretModel, SecretValue } from '../../assembly/model.ts';
import { readIfPresent, writePrivateFile } from '../files.ts';
import { SecretsError } from './error.ts';

/** A version of a secret. Times are epoch milliseconds. */
export interface SecretVersion {
  readonly id: string;
  readonly value: string;
  readonly stages: readonly string[];
  readonly created: number;
}

/** A secret with its versions, and when they or their labels changed last. */
export interface VersionedSecret {
  readonly versions: readonly SecretVersion[];
  readonly changed: number;
}

/** The versions of the secrets of a stack, which can be added to. */
export interface SecretVersions {
  of(secret: SecretModel): VersionedSecret;
  /** Adds a version with these labels. The same call again changes nothing. */
  put(
    secret: SecretModel,
    version: { readonly id: string; readonly value: string; readonly stages: readonly string[] },
  ): void;
  /** Moves a label; with that of the current version goes that of the previous one. */
  move(secret: SecretModel, stage: string, move: { readonly to?: string; readonly from?: string }): void;
}

export const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';
const FIRST_VERSION = '00000000-0000-4000-8000-000000000001';

/**
 * Versions of secrets. The first is the value that templates have; later ones are kept in `<data>/secret-versions.json` (mode
 * 0600, replaced as a whole). As on AWS, they change no reference in a template that was resolved before.
 *
 * Its functions throw {@link SecretsError}.
 *
 * @param data without a directory, they are kept in memory
 */
export function secretVersions(initial: SecretValue, data?: string): SecretVersions {
  const file = data === undefined ? undefined : join(data, 'secret-versions.json');
  const changedSecrets = new Map(file === undefined ? [] : readVersions(file));
  const started = Date.now();
  const of = (secret: SecretModel): VersionedSecret =>
    changedSecrets.get(secret.arn) ?? {
      versions: [{ id: FIRST_VERSION, value: initial(secret), stages: [CURRENT], created: started }],
      changed: started,
    };
  const save = (secret: SecretModel, versions: readonly SecretVersion[]) => {
    changedSecrets.set(secret.arn, { versions, changed: Date.now() });
    if (file !== undefined) writePrivateFile(file, JSON.stringify(Object.fromEntries(changedSecrets), undefined, 2));
  };
  return {
    of,
    put(secret, { id, value, stages }) {
      const { versions } = of(secret);
      const known = versions.find((version) => version.id === id);
      if (known !== undefined && known.value !== value) {
        throw new SecretsError('ResourceExistsException', 'A version of this token has another value.');
      }
      if (known !== undefined) return;
      const added = [...versions, { id, value, stages: [], created: Date.now() }];
      save(
        secret,
        stages.reduce((before, stage) => labelled(before, stage, id), added as readonly SecretVersion[]),
      );
    },
    move(secret, stage, { to, from }) {
      const { versions } = of(secret);
      const having = versions.find(({ stages }) => stages.includes(stage))?.id;
      if (having !== from) {
        throw new SecretsError('InvalidParameterException', `The version to remove ${stage} from does not have it.`);
      }
      if (to === undefined && stage === CURRENT) {
        throw new SecretsError('InvalidParameterException', `A secret has a version with ${CURRENT}.`);
      }
      if (to !== undefined && !versions.some(({ id }) => id === to)) throw SecretsError.notFound();
      save(secret, labelled(versions, stage, to));
    },
  };
}

/** A label is on one version at most. */
function labelled(versions: readonly SecretVersion[], stage: string, to: string | undefined): readonly SecretVersion[] {
  const before = versions.find(({ stages }) => stages.includes(stage))?.id;
  const moved = versions.map((version) => {
    const others = version.stages.filter((one) => one !== stage);
    return { ...version, stages: version.id === to ? [...others, stage] : others };
  });
  return stage === CURRENT && before !== undefined && before !== to ? labelled(moved, PREVIOUS, before) : moved;
}

function readVersions(file: string): readonly (readonly [string, VersionedSecret])[] {
  const text = readIfPresent(file);
  if (text === undefined) return [];
  try {
    return Object.entries(JSON.parse(text) as Record<string, VersionedSecret>);
  } catch {
    // The parser's message could quote the text, which is secret.
    throw new Error(`${file} is not readable as JSON: remove it, together with api-keys.json`);
  }
}

import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { ConfigError } from '../../definition/errors.ts';
import { findGateway } from '../findGateway.ts';
import type { Ready } from '../localPackage.ts';
import { missingOption } from '../options.ts';
import type { Place } from './upload.ts';

/** Which API of which gateway. */
export interface LocalSelection {
  readonly api?: string;
  readonly readyFile?: string;
  readonly data: string;
}

/** An API of the gateway that has a bucket for revocation lists. */
interface WithLists {
  readonly name: string;
  readonly bucket: string;
}

/**
 * The bucket of an API of the running gateway: of the only one with revocation lists, or of the one that `--api` names, as with `--stack`.
 *
 * @throws {ConfigError} `gateway-not-running`, `api-not-deployed`, `option-missing` for several APIs.
 */
export function localPlace(selection: LocalSelection): Place {
  const { environment, ca, apis } = findGateway(selection);
  const bucket = bucketOf(apis, selection.api);
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(ca, 'utf8')]);
  return { environment, bucket };
}

function bucketOf(apis: Ready['apis'], wanted: string | undefined): string {
  const matching = wanted === undefined ? apis : apis.filter((api) => [api.definition, api.name].includes(wanted));
  if (matching.length === 0) throw notServed(apis, 'the name of one of them', 'Check --api.');
  const withLists = matching.flatMap(({ name, revocationLists: bucket }): WithLists[] =>
    bucket === undefined ? [] : [{ name, bucket }],
  );
  const [only] = withLists;
  if (only === undefined) {
    const fix = 'Set mtls: { …, revocation: true }, and start the gateway again.';
    throw notServed(matching, 'an API with mtls.revocation', fix);
  }
  if (withLists.length === 1) return only.bucket;
  throw missingOption({
    location: '--api',
    found: `several APIs with revocation lists: ${withLists.map(({ name }) => name).join(', ')}`,
    expected: 'the name of one of them',
    fix: `Select one: --api ${only.name}.`,
  });
}

function notServed(apis: Ready['apis'], expected: string, fix: string): ConfigError {
  const names = apis.map(({ definition, name }) => (definition === undefined ? name : `${definition} (${name})`));
  const found = names.length === 0 ? 'no API' : names.join(', ');
  return new ConfigError({ code: 'api-not-deployed', location: '--local', found, expected, fix });
}

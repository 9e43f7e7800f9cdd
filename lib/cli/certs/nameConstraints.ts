import { TAGS } from '../../../lambdas/shared/x509/der.ts';
import { NAME_TAGS } from '../../../lambdas/shared/x509/names.ts';
import { writeDer } from '../../../lambdas/shared/x509/writeDer.ts';
import type { AlternativeName } from './names.ts';

/** permittedSubtrees of RFC 5280, section 4.2.1.10. */
const PERMITTED = 0xa0;
const KINDS = { email: NAME_TAGS.email, dns: NAME_TAGS.dnsName, uri: NAME_TAGS.uri } as const;

/** The value of the extension that permits only these names, of the kinds among them. @peculiar/x509 has no class for it. */
export function permittedNames(names: readonly AlternativeName[]): Buffer<ArrayBuffer> {
  const subtrees = names.map(({ kind, value }) =>
    writeDer(TAGS.sequence, writeDer(KINDS[kind], Buffer.from(value, 'latin1'))),
  );
  return writeDer(TAGS.sequence, writeDer(PERMITTED, ...subtrees));
}

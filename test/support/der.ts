import { TAGS } from '../../lambdas/shared/x509/der.ts';
import { writeDer, writeInteger } from '../../lambdas/shared/x509/writeDer.ts';

/** Encodes single values in DER (ITU-T X.690), for what no library would write. */
export const der = {
  value: writeDer,
  sequence: (...parts: readonly Uint8Array[]) => writeDer(TAGS.sequence, ...parts),
  integer: writeInteger,
};

/** The commands do not import the local package, so both describe its ready file: the same members with the same types. */
import type {
  ClientCertificates as ReadCertificates,
  ApiName as ReadName,
  Ready as ReadReady,
} from '../../../lib/cli/localPackage.ts';
import type { ApiName, ClientCertificates, Ready } from '../../../local/contracts.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Exactly<A, B> = Same<Deep<A>, Deep<B>>;
/** Members of members, whatever they are called. */
type Deep<T> = T extends object ? { [K in keyof T]: Deep<T[K]> } : T;

export const sameName: Exactly<ReadName, ApiName> = true;
export const sameCertificates: Exactly<ReadCertificates, ClientCertificates> = true;
/** The commands read a part of what the gateway writes. */
export const readable = (ready: Ready): ReadReady => ready;

/** The commands do not import the local package, so both describe what it exports and its ready file. Here the types are compared. */
import type {
  LocalPackage,
  ClientCertificates as ReadCertificates,
  ApiName as ReadName,
  Ready as ReadReady,
} from '../../../lib/cli/localPackage.ts';
import type { ApiName, ClientCertificates, Ready } from '../../../local/contracts.ts';
import type * as exported from '../../../local/index.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Exactly<A, B> = Same<Deep<A>, Deep<B>>;
/** Members of members, whatever they are called. */
type Deep<T> = T extends object ? { [K in keyof T]: Deep<T[K]> } : T;

export const sameName: Exactly<ReadName, ApiName> = true;
export const sameCertificates: Exactly<ReadCertificates, ClientCertificates> = true;
/** The commands read a part of what the gateway writes. */
export const readable = (ready: Ready): ReadReady => ready;

/** As properties, because TypeScript compares the parameters of methods in both directions. */
type Functions<T> = {
  [K in keyof T]: T[K] extends (...parameters: infer P) => infer R ? (...parameters: P) => R : T[K];
};
/** What commands pass is what the package takes, and it returns what they read, such as alarms and expressions of metric math. */
export const usable = (local: typeof exported): Functions<LocalPackage> => local;

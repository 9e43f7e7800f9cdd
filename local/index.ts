/** The public API of `secure-api-local`, and nothing else. */
export type { AlarmState, LocalGateway, Ready, ServeOptions } from './contracts.ts';
export { serve } from './serve/serve.ts';
export { dpopProof, type ProofRequest } from './services/issuer/dpop.ts';
export type { KeySummary } from './services/issuer/keys.ts';
export { listKeys, rotateKeys } from './services/issuer/rotation.ts';
export { requestToken, type TokenRequest } from './services/issuer/token.ts';
export { addUser, type LocalUser, listUsers, removeUser } from './services/issuer/users.ts';

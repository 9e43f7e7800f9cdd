/** The public API of `secure-api-local`, and nothing else. */
export type { AlarmState, LocalGateway, Ready, ServeOptions } from './contracts.ts';
export { serve } from './serve/serve.ts';
export { requestToken, type TokenRequest } from './services/issuer/token.ts';

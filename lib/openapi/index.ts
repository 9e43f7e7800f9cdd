export { type CorsBinding, exposedHeaders } from './cors.ts';
export { gatewayGaps, gatewayOpenApi } from './gateway.ts';
export type { GatewayGap } from './gatewayGap.ts';
export { renderOpenApi } from './json.ts';
export { checkProblemTypeBase } from './problemTypeBase.ts';
export { publicOpenApi } from './public.ts';
export type { DocumentIssuer } from './publicSecurity.ts';
export { type DocumentServer, serverOf } from './publicServers.ts';

export { type GatewayGap, gatewayGaps } from './gaps.ts';
export { gatewayOpenApi } from './gateway.ts';
export type { GatewayBindings } from './gatewayOperation.ts';
export type { OpenApiDocument } from './json.ts';
export { publicOpenApi } from './public.ts';
export { renderOpenApi } from './render.ts';

export { type GatewayGap, gatewayGaps } from './gaps.ts';
export { gatewayOpenApi } from './gateway.ts';
export { checkProblemTypeBase } from './problemTypeBase.ts';
export { publicOpenApi } from './public.ts';
export { renderOpenApi } from './render.ts';

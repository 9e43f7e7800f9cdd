export type { ClientState } from '../../lambdas/shared/clientItems.ts';
export type { AuditLine, ClientUsage } from './model.ts';
export { openClients } from './open.ts';
export type { ClientServices } from './ports.ts';
export { type ClientRegistry, clientRegistry } from './registry.ts';
export { sweep } from './sweep.ts';

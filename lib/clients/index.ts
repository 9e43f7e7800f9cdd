export type { AuditLine, ClientState, ClientUsage } from './model.ts';
export { openClients } from './open.ts';
export type { ClientServices } from './ports.ts';
export { type ClientRegistry, clientRegistry } from './registry.ts';
export { sweep } from './sweep.ts';

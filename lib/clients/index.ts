export type { ClientState } from '../../lambdas/shared/clientItems.ts';
export type { AuditLine, ClientUsage } from './model.ts';
export { type Deployment, openClients } from './open.ts';
export type { ClientServices } from './ports.ts';
export { type ClientRegistry, clientRegistry } from './registry.ts';
export { openRotation, refusal, type SecretRotation } from './rotateSecret.ts';
export { sweep } from './sweep.ts';

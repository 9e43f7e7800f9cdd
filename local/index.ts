/** The public API of `secure-api-local`, and nothing else. */

export { type MonitoredStack, readMonitoring } from './assembly/readMonitoring.ts';
export type { AlarmState, LocalGateway, Ready, ServeOptions } from './contracts.ts';
export { reserve } from './serve/reserve.ts';
export { serve } from './serve/serve.ts';
export { type MathNode, parseMath } from './services/cloudwatch/math/parse.ts';
export { exporterLabel, exporterName } from './services/cloudwatch/openMetrics/names.ts';
export { dpopProof, type ProofRequest } from './services/issuer/dpopProof.ts';
export { listKeys, rotateKeys } from './services/issuer/issuerClient.ts';
export type { KeySummary } from './services/issuer/keyRing.ts';
export { requestToken, type TokenRequest } from './services/issuer/requestToken.ts';
export { addUser, type LocalUser, listUsers, removeUser } from './services/issuer/users.ts';
export { type StoredLogs, serveStoredLogs } from './services/logs/start.ts';

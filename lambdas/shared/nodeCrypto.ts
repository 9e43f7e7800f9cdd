/**
 * What functions use of `node:crypto`. An `import` of that module reads each of its exports, and some of them load more of Node.js: that is half a
 * millisecond of each start (ADR 72).
 */
export const {
  constants,
  createHash,
  createHmac,
  createPublicKey,
  hash,
  randomBytes,
  randomUUID,
  timingSafeEqual,
  verify,
  X509Certificate,
} = process.getBuiltinModule('node:crypto');
export type X509Certificate = import('node:crypto').X509Certificate;

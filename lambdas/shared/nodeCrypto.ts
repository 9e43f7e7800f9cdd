type NodeCrypto = typeof import('node:crypto');
let loaded: NodeCrypto | undefined;

/**
 * What functions use of `node:crypto`. An `import` of that module reads each of its exports, and some of them load more of Node.js: that is half a
 * millisecond of each start (ADR 72). The module itself takes three, and most requests of handlers need nothing of it, so it is loaded by the
 * first call.
 */
function nodeCrypto(): NodeCrypto {
  loaded ??= process.getBuiltinModule('node:crypto');
  return loaded;
}

export const createHash = (algorithm: string) => nodeCrypto().createHash(algorithm);
export const createHmac = (algorithm: string, key: import('node:crypto').BinaryLike) =>
  nodeCrypto().createHmac(algorithm, key);
export const hash = (algorithm: string, data: string | NodeJS.ArrayBufferView, encoding: 'hex' | 'base64url') =>
  nodeCrypto().hash(algorithm, data, encoding);
export const randomBytes = (size: number) => nodeCrypto().randomBytes(size);
export const randomUUID = () => nodeCrypto().randomUUID();
export const timingSafeEqual = (a: NodeJS.ArrayBufferView, b: NodeJS.ArrayBufferView) =>
  nodeCrypto().timingSafeEqual(a, b);

// Functions that verify signatures and certificates need these at each start; the bundles of others leave them out.
const member = <Name extends keyof NodeCrypto>(name: Name): NodeCrypto[Name] => nodeCrypto()[name];
export const constants = /* @__PURE__ */ member('constants');
export const createPublicKey = /* @__PURE__ */ member('createPublicKey');
export const verify = /* @__PURE__ */ member('verify');
export const X509Certificate = /* @__PURE__ */ member('X509Certificate');
export type X509Certificate = import('node:crypto').X509Certificate;

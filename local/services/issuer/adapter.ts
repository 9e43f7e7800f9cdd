import type { IssuerState } from './state.ts';

type Payload = Readonly<Record<string, unknown>>;

/** The store that oidc-provider requires for each of its models. */
interface Adapter {
  upsert(id: string, payload: Payload, expiresIn?: number): Promise<void>;
  find(id: string): Promise<Payload | undefined>;
  findByUid(uid: string): Promise<Payload | undefined>;
  findByUserCode(code: string): Promise<Payload | undefined>;
  consume(id: string): Promise<void>;
  destroy(id: string): Promise<void>;
  revokeByGrantId(grantId: string): Promise<void>;
}

/**
 * oidc-provider's store on the issuer's state: sessions, grants, codes and refresh tokens. Clients come from
 * `findClient`, because they are computed, not stored.
 */
export function createAdapter(
  state: IssuerState,
  findClient: (clientId: string) => Payload | undefined,
): (model: string) => Adapter {
  return (model) => {
    const key = (id: string) => `${model}:${id}`;
    const findBy = (member: string, wanted: string): Payload | undefined => {
      for (const [name, value] of state.entries()) {
        if (name.startsWith(`${model}:`) && value[member] === wanted) return value;
      }
      return undefined;
    };
    return {
      upsert: (id, payload, expiresIn) => state.set(key(id), payload, expiresIn),
      find: async (id) => (model === 'Client' ? findClient(id) : state.get(key(id))),
      findByUid: async (uid) => findBy('uid', uid),
      findByUserCode: async (code) => findBy('userCode', code),
      async consume(id) {
        const payload = state.get(key(id));
        const now = Math.floor(Date.now() / 1000);
        const left = typeof payload?.['exp'] === 'number' ? payload['exp'] - now : undefined;
        if (payload) await state.set(key(id), { ...payload, consumed: now }, left);
      },
      destroy: (id) => state.delete(key(id)),
      async revokeByGrantId(grantId) {
        const names = [...state.entries()].filter(([, value]) => value['grantId'] === grantId).map(([name]) => name);
        await state.delete(...names);
      },
    };
  };
}

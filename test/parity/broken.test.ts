/** A projection that is broken on purpose disagrees with the table, in exactly the rows that show the fault. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuthorizerEvent, PolicyDocument } from '../../lambdas/authorizer/event.ts';
import { accessPolicy } from '../../lib/access/index.ts';
import { allows, STAGE } from '../unit/authorizer/support/authorizer.ts';
import { api, boldEditor, changed, gatewayBody, publicDocument, titleOf } from './changes.ts';
import type { OpenApi } from './documents.ts';
import { lengthOf, rowsOf, rowsWhere } from './found.ts';
import { type Authorizer, type Identity, startIdentity } from './identity.ts';
import { disagreements, type Implementation } from './implementation.ts';
import { decisionImplementation } from './implementations/decision.ts';
import { gatewayModelsImplementation } from './implementations/gatewayModels.ts';
import { lambdaImplementation, servedRoutes } from './implementations/lambda.ts';
import { cachedPolicyImplementation, policyImplementation } from './implementations/policy.ts';
import { publicDocumentImplementation } from './implementations/publicDocument.ts';
import type { ParityRequest } from './request.ts';
import { TABLE } from './table.ts';

let identity: Identity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity?.close());

const gateway = gatewayBody(api);
const { roles } = accessPolicy(api);

const foundBy = async (evaluate: Implementation) => rowsOf(await disagreements(TABLE, [evaluate]));

const isForbidden = ({ access }: ParityRequest) => access === 'forbidden';
const isProtected = ({ path, access }: ParityRequest) => access === 'allow' && path !== '/health';
/** What editors, and the managers who extend them, could do if editors could delete. */
const isBoldDelete = ({ method, access, roles: given }: ParityRequest) =>
  method === 'DELETE' && access === 'forbidden' && given?.some((role) => ['editor', 'manager'].includes(role)) === true;
/** Rows whose title has that many characters; no title of the table has another fault beside its length. */
const isCreation = (fits: (length: number) => boolean) => (row: ParityRequest) =>
  row.access === 'allow' && row.method === 'POST' && fits(lengthOf(row, 'title'));

/** Other routes below a document have a DELETE, too. */
const isOfDocument = ({ path }: { readonly path: string }) => !path.includes('/attachments/');

describe('a broken access decision is detected', () => {
  it('that lets editors delete', async () => {
    expect(rowsWhere(isBoldDelete).length).toBeGreaterThan(3);
    expect(await foundBy(decisionImplementation(boldEditor))).toEqual(rowsWhere(isBoldDelete));
  });

  it('that forgets a route', async () => {
    const { publishDocument: _, ...routes } = api.routes;
    expect(await foundBy(decisionImplementation({ ...api, routes }))).toEqual(
      rowsWhere(({ path, access }) => path.endsWith('/publish') && access !== 'no-route'),
    );
  });
});

describe('a broken authorizer is detected', () => {
  const partsOf = (authorizer: Authorizer) => ({ gateway, authorizer, token: identity.token });
  /** The sample's authorizer with another policy. */
  const saying = (
    statementOf: (event: AuthorizerEvent, own: PolicyDocument) => PolicyDocument['Statement'],
  ): Authorizer => {
    const authorizer = identity.authorizer(accessPolicy(api));
    return async (event) => {
      const result = await authorizer(event);
      const Statement = statementOf(event, result.policyDocument);
      return { ...result, policyDocument: { ...result.policyDocument, Statement } };
    };
  };
  const invoke = (Effect: 'Allow' | 'Deny', Resource: readonly string[]) =>
    [{ Effect, Action: 'execute-api:Invoke', Resource }] as const;

  it('that lets editors delete', async () => {
    const parts = partsOf(identity.authorizer(accessPolicy(boldEditor)));
    for (const evaluate of [policyImplementation(parts), cachedPolicyImplementation(parts, TABLE)]) {
      expect(await foundBy(evaluate)).toEqual(rowsWhere(isBoldDelete));
    }
  });

  it.each([
    ['the whole stage', [`${STAGE}/*`]],
    ['every method', ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'].map((method) => `${STAGE}/${method}/*`)],
  ])('whose policy allows %s', async (_, resources) => {
    const parts = partsOf(saying(() => invoke('Allow', resources)));
    for (const evaluate of [policyImplementation(parts), cachedPolicyImplementation(parts, TABLE)]) {
      expect(await foundBy(evaluate)).toEqual(rowsWhere(isForbidden));
    }
  });

  it('whose policy denies everything', async () => {
    expect(await foundBy(policyImplementation(partsOf(saying(() => invoke('Deny', [`${STAGE}/*`])))))).toEqual(
      rowsWhere(isProtected),
    );
  });

  it('whose policy is right for the current request and wrong for later ones from the cache', async () => {
    const narrow = saying(({ methodArn, httpMethod }, own) => {
      const path = methodArn.slice(`${STAGE}/${httpMethod}`.length);
      return invoke(allows(own, httpMethod, path) ? 'Allow' : 'Deny', [methodArn]);
    });
    expect(await foundBy(policyImplementation(partsOf(narrow)))).toEqual([]);
    const found = await disagreements(TABLE, [cachedPolicyImplementation(partsOf(narrow), TABLE)]);
    expect(rowsOf(found)).toEqual(rowsWhere(isProtected));
    expect(found.filter(({ under }) => under === undefined)).toEqual([]);
  });

  it('that accepts everybody', async () => {
    const authorizer = identity.authorizer(accessPolicy(api));
    const Authorization = [`Bearer ${await identity.token(['viewer'])}`];
    const gullible: Authorizer = (event) => authorizer({ ...event, multiValueHeaders: { Authorization } });
    const found = rowsOf(await disagreements(TABLE, [policyImplementation(partsOf(gullible))]));
    expect(found).toContain('GET /documents with Authorization: Basic YWRtaW46YWRtaW4=');
    expect(found).toContain('GET /me with a good token in "Bearer {token}" and "Bearer {token}"');
  });
});

describe('a broken OpenAPI body of the gateway is detected', () => {
  const edited = (edit: (document: OpenApi) => void): OpenApi => {
    const document = structuredClone(gateway);
    edit(document);
    return document;
  };

  it('whose model is stricter than the function', async () => {
    const found = await foundBy(gatewayModelsImplementation(gatewayBody(titleOf(199))));
    expect(found).toEqual(rowsWhere(isCreation((length) => length === 200)));
  });

  it('whose model dropped maxLength', async () => {
    const found = await foundBy(gatewayModelsImplementation(gatewayBody(titleOf(undefined))));
    expect(found).toEqual(rowsWhere(isCreation((length) => length > 200)));
  });

  it('without the model for all other media types', async () => {
    const document = edited(({ paths }) => {
      Reflect.deleteProperty(paths['/documents']?.['post']?.requestBody?.content ?? {}, '$default');
    });
    const found = await foundBy(gatewayModelsImplementation(document));
    expect(found).toContain('POST /documents, a bad body as "text/plain"');
    expect(found.every((row) => row.startsWith('POST /documents, a bad body as "'))).toBe(true);
  });

  it('that requires a header that the function does not need', async () => {
    const required = { name: 'idempotency-key', in: 'header', required: true, schema: { type: 'string' } };
    const document = edited(({ paths }) => {
      Object.assign(paths['/documents']?.['post'] ?? {}, { parameters: [required] });
    });
    expect(await foundBy(gatewayModelsImplementation(document))).toContain('POST /documents with a title alone');
  });

  it('that forgets an operation', async () => {
    const document = edited(({ paths }) => {
      Reflect.deleteProperty(paths['/documents/{id}'] ?? {}, 'delete');
    });
    const found = await foundBy(gatewayModelsImplementation(document));
    expect(found).toEqual(rowsWhere((row) => isOfDocument(row) && row.method === 'DELETE' && row.access === 'allow'));
  });
});

describe('a broken public document is detected', () => {
  const foundIn = (document: OpenApi) => foundBy(publicDocumentImplementation(document, roles));

  it('that is stricter than the function', async () => {
    expect(await foundIn(publicDocument(titleOf(199)))).toEqual(
      rowsWhere((row) => row.beyondSchemas === undefined && isCreation((length) => length === 200)(row)),
    );
  });

  it('that is laxer than the function', async () => {
    expect(await foundIn(publicDocument(titleOf(201)))).toEqual(rowsWhere(isCreation((length) => length === 201)));
  });

  it('that names another permission', async () => {
    const definition = changed({ routes: { publishDocument: { permission: 'document:delete' } } });
    expect(await foundIn(publicDocument(definition))).toEqual(
      rowsWhere(
        (row) => row.path.endsWith('/publish') && row.access === 'allow' && row.roles?.includes('admin') === false,
      ),
    );
  });

  it('that forgets a parameter', async () => {
    const document = structuredClone(publicDocument(api));
    Object.assign(document.paths['/documents']?.['get'] ?? {}, { parameters: [] });
    expect(await foundIn(document)).toEqual(
      rowsWhere(
        (row) =>
          /^&?(%6C|limit=|status=|cursor=)/.test(row.query ?? '') &&
          row.method === 'GET' &&
          row.path === '/documents' &&
          row.input === 'valid',
      ),
    );
  });
});

describe('a broken function is detected', () => {
  const served = (change: (route: ReturnType<typeof servedRoutes>[number]) => object) =>
    lambdaImplementation(
      gateway,
      api,
      servedRoutes(api).map((route) => ({ ...route, ...change(route) })),
    );

  it('that lets editors delete', async () => {
    expect(await foundBy(lambdaImplementation(gateway, boldEditor))).toEqual(rowsWhere(isBoldDelete));
  });

  it('whose validator is of an older definition', async () => {
    expect(await foundBy(lambdaImplementation(gateway, titleOf(201)))).toEqual(
      rowsWhere(isCreation((length) => length === 201)),
    );
  });

  it('whose validator is of another route', async () => {
    const other = servedRoutes(api).find(({ contract }) => contract.id === 'publishDocument');
    const wrong = served(({ contract, validate }) => ({
      validate: contract.id === 'createDocument' ? other?.validate : validate,
    }));
    expect(await foundBy(wrong)).toEqual(
      rowsWhere(
        (row) => row.method === 'POST' && row.path === '/documents' && row.access === 'allow' && row.input === 'valid',
      ),
    );
  });

  it('whose contract is of another route', async () => {
    const open = served(({ contract }) => ({
      contract: contract.id === 'deleteDocument' ? { ...contract, access: { kind: 'authenticated' } } : contract,
    }));
    expect(await foundBy(open)).toEqual(
      rowsWhere((row) => isOfDocument(row) && row.method === 'DELETE' && row.access === 'forbidden'),
    );
  });

  it('that misses a route', async () => {
    const routes = servedRoutes(api).filter(({ contract }) => contract.id !== 'me');
    const found = await foundBy(lambdaImplementation(gateway, api, routes));
    expect(found).toEqual(rowsWhere((row) => row.path === '/me' && row.access !== 'no-route'));
  });
});

describe('a broken implementation under test is detected', () => {
  it('that reports nothing', async () => {
    const silent: Implementation = { name: 'silent', about: ['access', 'input'], evaluate: () => ({}) };
    expect(await foundBy(silent)).toEqual(rowsWhere(() => true));
  });

  it('that reports the same for every request', async () => {
    const yes: Implementation = {
      name: 'yes',
      about: ['access', 'input'],
      evaluate: () => ({ access: 'allow', input: 'valid' }),
    };
    expect(await foundBy(yes)).toEqual(rowsWhere((row) => row.access !== 'allow' || row.input !== 'valid'));
  });
});

/** One table of requests, through every projection of the definition: all agree, and a broken one is found out. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { documents } from '../../lambdas/documents/api.ts';
import { type Api, defineApi, defineRoles, type RouteSpec } from '../../lib/definition/index.ts';
import { Identity, SecureApi } from '../../lib/index.ts';
import { type RunningGateway, root, startGateway, temporaryDirectory } from '../support/gateway.ts';
import { decisionJudge } from './decisionJudge.ts';
import { gatewayJudge } from './gatewayJudge.ts';
import { disagreements } from './judge.ts';
import { lambdaJudge } from './lambdaJudge.ts';
import { gatewayModelsJudge, publicDocumentJudge } from './openapiJudges.ts';
import { policyJudge } from './policyJudge.ts';
import { TABLE } from './table.ts';

const api = documents as unknown as Api;

/** The assembly with an issuer that knows no roles, so that callers may have roles that the API does not know. */
function withAnyRoles(assembly: string): string {
  const copy = join(temporaryDirectory(), 'assembly');
  cpSync(assembly, copy, { recursive: true });
  const file = join(copy, 'Documents.template.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"roles": \[[^\]]*\]/, '"roles": []'));
  return copy;
}

/** The sample with other roles or another route, as somebody might change it in one place only. */
function changed(change: { readonly roles?: object; readonly routes?: Readonly<Record<string, object>> }): Api {
  const roles = defineRoles({ ...documents.roles.byName, ...change.roles } as never, { reviewed: '2026-11-01' });
  const specs = Object.entries<RouteSpec>(documents.spec).map(([id, spec]) => [
    id,
    { ...spec, options: { ...spec.options, ...change.routes?.[id] } },
  ]);
  const { name, version, tiers } = documents;
  return defineApi({ name, version, tiers, roles, routes: Object.fromEntries(specs) } as never) as unknown as Api;
}

const boldEditor = changed({
  roles: { editor: { extends: ['viewer'], can: ['document:create', 'document:update', 'document:delete'] } },
});
const bodyWith = (maxLength: number) => {
  const { body } = documents.spec.createDocument.options as unknown as { body: { properties: { title: object } } };
  const title = { ...body.properties.title, maxLength };
  return changed({ routes: { createDocument: { body: { ...body, properties: { ...body.properties, title } } } } });
};

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway({ assembly: withAnyRoles(inject('assembly')) });
});
afterAll(() => gateway?.stop());

describe(`the table of ${TABLE.length} requests`, () => {
  it('has at least 200, each with a name of its own', () => {
    expect(TABLE.length).toBeGreaterThanOrEqual(200);
    expect(new Set(TABLE.map(({ name }) => name)).size).toBe(TABLE.length);
  });

  it.each([decisionJudge(api), policyJudge(api), gatewayModelsJudge(api), publicDocumentJudge(api), lambdaJudge(api)])(
    'is judged the same by the $name',
    async (judge) => {
      expect(await disagreements(TABLE, [judge])).toEqual([]);
    },
  );

  it('is judged the same by the local gateway, over TLS', async () => {
    expect(await disagreements(TABLE, [gatewayJudge(gateway.ready)])).toEqual([]);
  }, 180_000);
});

describe('a projection that is broken on purpose is found out', () => {
  const editorDeletes = /"DELETE \/documents\/[^"]* as \[editor\]": access is allow, expected forbidden/;

  it.each([
    ['access decision that lets editors delete', decisionJudge(boldEditor), editorDeletes],
    ['authorizer policy that lets editors delete', policyJudge(boldEditor), editorDeletes],
    [
      'gateway model that is stricter',
      gatewayModelsJudge(bodyWith(199)),
      /a title of 200 characters": input is invalid/,
    ],
    [
      'public document that is stricter',
      publicDocumentJudge(bodyWith(199)),
      /a title of 200 characters": input is invalid/,
    ],
    ['public document that is laxer', publicDocumentJudge(bodyWith(201)), /a title of 201 characters": input is valid/],
    ['Lambda validator that is laxer', lambdaJudge(bodyWith(201)), /a title of 201 characters": input is valid/],
    ['Lambda that lets editors delete', lambdaJudge(boldEditor), editorDeletes],
  ])('an %s', async (_, judge, expected) => {
    expect((await disagreements(TABLE, [judge])).join('\n')).toMatch(expected);
  });

  it('a gateway whose stack was built of another definition', async () => {
    const secretive = changed({ routes: { me: { authenticated: undefined, permission: 'document:delete' } } });
    const outdir = temporaryDirectory();
    const app = new App({ outdir, analyticsReporting: false });
    const handlers = join(root, 'lambdas/documents');
    new SecureApi(new Stack(app, 'Documents'), 'Api', {
      definition: secretive,
      handlers,
      identity: Identity.cognito(),
    });
    app.synth();
    const other = await startGateway({ assembly: outdir });
    try {
      const rows = TABLE.filter(({ path, roles }) => path === '/me' && roles?.join() === 'viewer');
      expect((await disagreements(rows, [gatewayJudge(other.ready)])).join('\n')).toMatch(
        /"GET \/me as \[viewer\]": access is forbidden, expected allow/,
      );
    } finally {
      await other.stop();
    }
  });
});

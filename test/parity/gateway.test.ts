/** The table through the local gateway, over TLS, and through one with a changed template. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { sampleAssembly } from '../support/sampleAssembly.ts';
import { type GatewayBody, openAssembly } from './assemblies.ts';
import { api, publicDocument } from './changes.ts';
import { operationOf } from './documents.ts';
import { lengthOf, rowsOf, rowsWhere } from './found.ts';
import { type Disagreement, disagreements } from './implementation.ts';
import { gatewayImplementation } from './implementations/gateway.ts';
import type { ParityRequest } from './request.ts';
import { TABLE } from './table.ts';

/** Starts the sample's assembly, changed or not, and sends the whole table. */
async function disagreementsOver(
  change?: (body: GatewayBody) => void,
  heard?: Parameters<typeof gatewayImplementation>[1],
): Promise<readonly Disagreement[]> {
  const gateway = await startGateway({ assembly: openAssembly(await sampleAssembly(), change) });
  try {
    return await disagreements(TABLE, [gatewayImplementation(gateway.ready, heard)]);
  } finally {
    await gateway.stop();
  }
}

describe('the local gateway', () => {
  const results: (readonly [ParityRequest, number])[] = [];

  it('agrees with the table in every row', async () => {
    expect(await disagreementsOver(undefined, (request, status) => results.push([request, status]))).toEqual([]);
  }, 180_000);

  it('returns only statuses that the public document declares', () => {
    const document = publicDocument(api);
    const unadvertised = results.filter(([{ method, path }, status]) => {
      const operation = operationOf(document, method, path)?.operation;
      return operation !== undefined && !Object.hasOwn(operation.responses, status);
    });
    expect(unadvertised.map(([{ name }, status]) => `${status} to ${name}`)).toEqual([]);
    expect(new Set(results.map(([, status]) => status)).size).toBeGreaterThan(8);
  });
});

describe('a gateway with a changed template is detected', () => {
  const isChange = ({ method, path }: ParityRequest) => /^(PUT|PATCH) \/documents\/[^/]+$/.test(`${method} ${path}`);
  const isOpened = ({ method, path, access }: ParityRequest) =>
    method === 'GET' && path === '/documents' && access !== 'unauthenticated';
  const isTitled = (row: ParityRequest) => !isChange(row) && row.access === 'allow' && lengthOf(row, 'title') === 200;

  let found: readonly Disagreement[];
  const foundWhere = (holds: (row: ParityRequest) => boolean) => {
    const rows = rowsWhere(holds);
    return rowsOf(found).filter((row) => rows.includes(row));
  };
  beforeAll(async () => {
    found = await disagreementsOver(({ paths, components }) => {
      const { put = {}, ...others } = paths['/documents/{id}'] ?? {};
      paths['/documents/{id}'] = { ...others, patch: put };
      Object.assign(paths['/documents']?.['get'] ?? {}, { security: [] });
      for (const { properties } of Object.values(components.schemas))
        Object.assign(properties['title'] ?? {}, { maxLength: 199 });
    });
  });

  it('where an operation stands under another method', () => {
    expect(foundWhere(isChange)).toEqual(rowsWhere(isChange));
  });

  it('where an operation has no authorizer', () => {
    expect(foundWhere(isOpened)).toEqual(rowsWhere(isOpened));
  });

  it('where a model is stricter than the function', () => {
    expect(foundWhere(isTitled)).toEqual(rowsWhere(isTitled));
    expect(
      found.filter(({ expected, actual }) => expected === 'valid' && actual === 'rejected-at-gateway'),
    ).not.toEqual([]);
  });

  it('and nowhere else', () => {
    expect(rowsOf(found)).toEqual(rowsWhere((row) => isChange(row) || isOpened(row) || isTitled(row)));
  });
});

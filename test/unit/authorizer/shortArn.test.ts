import { describe, expect, it } from 'vitest';
import { METHOD_PARTS } from '../../../lambdas/authorizer/patternIndex.ts';
import { hasSafeShortArns, shortStage, stageOf } from '../../../lambdas/authorizer/shortArn.ts';

const STAGE = 'arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:a1b2c3d4e5/prod';

const isSafe = (path: string, stage = 'prod') =>
  hasSafeShortArns({ routes: [{ id: 'r', method: 'GET', path, access: { kind: 'public' } }] as never })(
    `${STAGE.slice(0, STAGE.indexOf('/'))}/${stage}`,
  );

describe('the short form of an ARN', () => {
  it('keeps the partition and the stage', () => {
    expect(shortStage(stageOf(`${STAGE}/GET/a/b`))).toBe('arn:aws-us-gov:execute-api:*:*:*/prod');
  });

  it.each(['/', '/{a}', '/a', '/a/{b}', '/a/{b}/start', '/a/{b}/start/{c}', '/PUT', '/Products/{a}', '/prod/start'])(
    'matches the same requests as the long one with the path %s',
    (path) => {
      expect(isSafe(path)).toBe(true);
    },
  );

  // Each could repeat the stage and a method: the parameter can have the value `prod`.
  it.each(['/{a}/{b}', '/a/{b}/{c}/d', '/{a}/GET', '/{a}/OPTIONS/b', '/{a}/ANY', '/prod/{a}', '/a/prod/DELETE/b'])(
    'matches more with the path %s',
    (path) => {
      expect(isSafe(path)).toBe(false);
    },
  );

  it.each(['P', 'Products', 'PROMOTE', 'SETTINGS', 'xE', '{p}'])(
    'matches more where a part of a method matches the segment %s after a parameter or the stage',
    (segment) => {
      expect(isSafe(`/{a}/${segment}/things`)).toBe(false);
      expect(isSafe(`/prod/${segment}`)).toBe(false);
      expect(isSafe(`/a/${segment}`)).toBe(true);
    },
  );

  it('matches more where the stage has the name of a method', () => {
    const isSafeFor = (stage: string) => isSafe('/a', stage);
    expect(['GET', 'POST', 'DEV', 'Prod'].map(isSafeFor)).toEqual([false, false, true, true]);
  });

  it('is judged with each part of a method that policies have', () => {
    // A new part needs a segment above.
    expect(Object.keys(METHOD_PARTS)).toEqual(['?E*', 'P*']);
  });
});

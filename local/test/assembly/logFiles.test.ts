import { describe, expect, it } from 'vitest';
import { type LogSource, logFileOf, logFilesOf } from '../../assembly/logFiles.ts';

const fn = (path: string | undefined, logGroup = path ?? ''): LogSource => ({ kind: 'function', logGroup, path });
const access = (path: string | undefined, logGroup = path ?? ''): LogSource => ({ kind: 'access', logGroup, path });
const names = (...sources: readonly LogSource[]) => Object.values(logFilesOf(sources));

describe('the log file of a log group', () => {
  it('has the name of its function, and the access log is access.log', () => {
    expect(
      logFilesOf([
        access('Shop/Api/RestApi/Default/Resource', 'g1'),
        fn('Shop/Api/Authorizer/Function/Resource', 'g2'),
        fn('Shop/Api/Handlers/orders/Function/Resource', 'g3'),
        fn('Shop/Cleanup/Resource', 'g4'),
      ]),
    ).toEqual({ g1: 'access', g2: 'authorizer', g3: 'orders', g4: 'cleanup' });
  });

  it('is in the folder of its API where there are several', () => {
    expect(
      logFilesOf([
        access('Shop/Public/RestApi/Resource', 'g1'),
        access('Shop/Admin/RestApi/Resource', 'g2'),
        fn('Shop/Public/Authorizer/Function/Resource', 'g3'),
        fn('Shop/Admin/Authorizer/Function/Resource', 'g4'),
        fn('Shop/Cleanup/Resource', 'g5'),
      ]),
    ).toEqual({
      g1: 'Public/access',
      g2: 'Admin/access',
      g3: 'Public/authorizer',
      g4: 'Admin/authorizer',
      g5: 'cleanup',
    });
  });

  it('is a whole path where names would be the same, also on a disk that ignores case', () => {
    expect(
      names(
        access('Shop/Api/RestApi/Resource'),
        fn('Shop/Api/Handlers/access/Function/Resource'),
        fn('Shop/Api/Authorizer/Function/Resource'),
        fn('Shop/Api/Handlers/AUTHORIZER/Function/Resource'),
      ),
    ).toEqual(['access', 'Api-Handlers-access', 'Api-Authorizer', 'Api-Handlers-AUTHORIZER']);
    const same = names(fn('Shop/A/Function', 'g1'), fn('Other/A/Function', 'g2'), fn('Other/A/Function', 'g3'));
    expect(new Set(same.map((name) => name.toLowerCase())).size).toBe(3);
  });

  it('is that of the group where the assembly has no paths, and stays below the folder of logs', () => {
    expect(names(fn(undefined, '/aws/lambda/Shop-orders'), access(undefined, '../../outside'))).toEqual([
      '__.._outside',
      'aws_lambda_Shop-orders',
    ]);
    expect(logFileOf('/own/group', {})).toBe('own_group');
    expect(names(fn('Shop/../..', 'g'))[0]).not.toContain('/');
  });
});

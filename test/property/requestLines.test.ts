import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { requestLines } from '../../lambdas/runtime/requestLines.ts';
import {
  closeRequest,
  type Finished,
  type FinishedEntry,
  makeTelemetry,
  type Telemetry,
} from '../../lambdas/runtime/telemetry.ts';
import { secretsToPlant } from '../support/plantedSecrets.ts';
import { linesOf } from '../unit/authorizer/support/authorizer.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_123, toFake: ['Date'] });
  for (const [name, value] of Object.entries(LOUD)) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const LOUD = {
  POWERTOOLS_LOG_LEVEL: 'INFO',
  POWERTOOLS_SERVICE_NAME: 'documents',
  POWERTOOLS_METRICS_NAMESPACE: 'SecureApi',
  POWERTOOLS_METRICS_DISABLED: 'false',
};
const secrets = secretsToPlant(1).map(({ text }) => text);
const TEXT = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('', 'user-1', 'password', '4111111111111111', 'curl/8.0', '0b0e7a7e-0000-4000-8000-000000000000'),
  fc.constantFrom(...secrets).map((secret) => `password=${secret} "quoted" \u2028 \\`),
);
const claims = fc.dictionary(
  fc.constantFrom('tenant', 'password', 'name', 'value'),
  fc.oneof(TEXT, fc.integer(), fc.boolean()),
);
type Request = FinishedEntry & Omit<Finished, 'functionName'>;

function close(telemetry: Telemetry, { api, group, differs, ...entry }: Request, functionName?: string): void {
  closeRequest(telemetry, entry, { api, group, differs, functionName });
}

/** Keys in the order in which the pipeline has them; each optional one can be missing or undefined. */
const finished: fc.Arbitrary<Request> = fc.record(
  {
    api: fc.constantFrom('documents', 'a "quoted" name'),
    group: fc.constantFrom(undefined, 'group'),
    requestId: TEXT,
    traceId: fc.constant('5759e988bd862e3fe1be46a994272793'),
    spanId: fc.constant('53995c3fa2cd8ad8'),
    clientRequestId: TEXT,
    route: fc.constantFrom('createDocument', 'unknown'),
    subject: TEXT,
    claims,
    status: fc.constantFrom(200, 201, 204, 400, 404, 429, 500, 503),
    latencyMs: fc.nat(30_000),
    code: fc.constantFrom(undefined, 'not-found', 'invalid-request'),
    differs: fc.boolean(),
    replayed: fc.constantFrom(undefined, true as const),
    userAgent: fc.oneof(fc.constant(undefined), TEXT),
  },
  { requiredKeys: ['api', 'group', 'requestId', 'route', 'status', 'latencyMs', 'code', 'differs', 'userAgent'] },
);

const FIRST: Request = {
  api: 'documents',
  group: undefined,
  requestId: 'r',
  route: 'first',
  status: 200,
  latencyMs: 1,
  code: undefined,
  differs: false,
  userAgent: undefined,
};

describe('the lines of a request', () => {
  it.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ['', [], {}],
    [' with sensitive names', ['tenant', 'User-Agent', 'subject'], {}],
    [' where its level is off', [], { POWERTOOLS_LOG_LEVEL: 'WARN' }],
    [' where metrics are off', [], { POWERTOOLS_METRICS_DISABLED: 'true' }],
    [' of a service without a name', [], { POWERTOOLS_SERVICE_NAME: '' }],
    [' of a time in UTC', [], { TZ: ':UTC' }],
  ])('are those of Powertools, member by member%s', async (_, sensitive, environment) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    for (const api of ['documents', 'a "quoted" name']) {
      const telemetry = makeTelemetry(api, sensitive);
      expect(telemetry.lines).toBeDefined();
      const slow = { ...telemetry, lines: undefined };
      await fc.assert(
        fc.asyncProperty(finished, async (given) => {
          const request = { ...given, api };
          const ours = await linesOf(async () => close(telemetry, request, 'function'));
          const powertools = await linesOf(async () => close(slow, request, 'function'));
          expect(ours).toEqual(powertools);
        }),
        { numRuns: 150, seed: 59 },
      );
    }
  });

  it.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    ['counted', {}, 'function'],
    ['counted by the name of the function without spaces', {}, ' a "quoted" name '],
    ['counted without the name of a function', {}, undefined],
    ['counted for a service without a name', { POWERTOOLS_SERVICE_NAME: ' ' }, 'function'],
    ['not counted where metrics are off', { POWERTOOLS_METRICS_DISABLED: 'true' }, 'function'],
    ['not counted for an instance that was prepared', { AWS_LAMBDA_INITIALIZATION_TYPE: 'provisioned' }, 'function'],
  ])('are those of Powertools for the first request, whose start is %s', async (_, environment, name) => {
    vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', 'on-demand');
    for (const [variable, value] of Object.entries(environment)) vi.stubEnv(variable, value);
    const linesOfTwo = (telemetry: Telemetry) =>
      linesOf(async () => {
        for (let i = 0; i < 2; i += 1) close(telemetry, FIRST, name);
      });
    const ours = await linesOfTwo(makeTelemetry('documents'));
    expect(ours).toEqual(await linesOfTwo({ ...makeTelemetry('documents'), lines: undefined }));
    const starts = ours.filter((line) => JSON.stringify(line).includes('ColdStart'));
    expect(starts).toHaveLength(Object.keys(environment).some((variable) => !variable.includes('SERVICE')) ? 0 : 1);
  });

  it.each([
    ['of a request that Powertools writes', { status: 500 }, {}],
    ['of a request that Powertools writes, after one', {}, { status: 500 }],
  ])('count the start of an instance once: %s', async (_, first, second) => {
    vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', 'on-demand');
    const telemetry = makeTelemetry('documents');
    const written = await linesOf(async () => {
      // A rejected message is counted before its request ends.
      telemetry.count((metrics) => metrics.publishStoredMetrics());
      close(telemetry, { ...FIRST, ...first }, 'function');
      close(telemetry, { ...FIRST, ...second }, 'function');
    });
    expect(written.filter((line) => JSON.stringify(line).includes('ColdStart'))).toHaveLength(1);
  });

  it('are written in one call, also for the first request of an instance', () => {
    vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', 'on-demand');
    const telemetry = makeTelemetry('documents');
    for (const lines of [3, 2]) {
      const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
      close(telemetry, FIRST, 'function');
      expect(write).toHaveBeenCalledOnce();
      expect(String(write.mock.calls[0]?.[0]).match(/\n/g)).toHaveLength(lines);
      write.mockRestore();
    }
  });

  it.each([
    ['POWERTOOLS_METRICS_NAMESPACE', ''],
    ['POWERTOOLS_DEV', 'true'],
    ['POWERTOOLS_METRICS_FUNCTION_NAME', 'another'],
    ['POWERTOOLS_LOGGER_SAMPLE_RATE', '0.5'],
    ['AWS_LAMBDA_MAX_CONCURRENCY', '10'],
    ['TZ', 'Asia/Tokyo'],
  ])('are left to Powertools where %s changes their form', (name, value) => {
    expect(requestLines('documents', [], { ...LOUD, [name]: value })).toBeUndefined();
    expect(requestLines('documents', [], LOUD)).toBeDefined();
  });
});

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Described, logLine } from '../../lambdas/shared/logLine.ts';
import { makeLogger } from '../../lambdas/shared/telemetry.ts';
import { secretsToPlant } from '../support/plantedSecrets.ts';
import { linesOf } from '../unit/authorizer/support/authorizer.ts';

const options = { numRuns: 200, seed: 19 };
type Environment = Readonly<Record<string, string>>;
type Entry = Readonly<Record<string, unknown>>;

beforeEach(() => vi.useFakeTimers({ now: 1_800_000_000_123, toFake: ['Date'] }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** What Powertools writes, and what is written instead. */
async function both(level: 'INFO' | 'WARN' | 'ERROR', message: string, entry: Entry, environment: Environment) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const logger = makeLogger();
  const write = { INFO: logger.info, WARN: logger.warn, ERROR: logger.error }[level];
  const powertools = await linesOf(async () => write(message, entry));
  const ours = logLine()(level, message, entry);
  vi.unstubAllEnvs();
  return { powertools: powertools.map((line) => `${line}\n`).join(''), ours };
}

const secrets = secretsToPlant(1).map(({ text }) => text);
const LOUD = { POWERTOOLS_LOG_LEVEL: 'INFO', POWERTOOLS_SERVICE_NAME: 'documents' };
const TEXT = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', 'user-1', 'editor', 'password', 'authorization', 'token', '4111111111111111', '192.0.2.1'),
  fc.constantFrom(...secrets),
  fc.constantFrom(...secrets).map((secret) => `password=${secret} "quoted" \u2028 \\`),
);
const SCALAR = fc.oneof(
  TEXT,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, undefined, 4_111_111_111_111_111, Number.NaN),
);
const VALUE = fc.oneof(
  SCALAR,
  fc.array(TEXT, { maxLength: 6 }),
  fc.array(SCALAR, { maxLength: 4 }),
  fc.dictionary(fc.constantFrom('tenant', 'password', 'name', 'value', 'token', 'message'), SCALAR),
  fc.array(fc.record({ position: fc.nat(), kid: TEXT, fault: TEXT }), { maxLength: 3 }),
  TEXT.map((text) => new Error(text, { cause: new TypeError(text) })),
);
/** Names as the authorizer has them, and some of secrets. */
const NAMES =
  'decision reason requestId sourceIp userAgent route claim subject client roles tier claims error token tokens apiKey';

describe('a line of the log', () => {
  it('is what Powertools writes, member by member, for any values', async () => {
    const entries = fc.dictionary(fc.constantFrom(...NAMES.split(' ')), VALUE);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('INFO', 'WARN', 'ERROR'), TEXT, entries, async (level, message, entry) => {
        const { powertools, ours } = await both(level, message, entry, LOUD);
        expect(ours).toBe(powertools);
        expect(ours.match(/\n/g)).toEqual(['\n']);
      }),
      options,
    );
  });

  it('does not depend on the lines before it', () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    const names = fc.constantFrom('decision', 'route', 'token', 'tokens', 'timestamp', 'apiKey');
    // Few values, so that many repeat, also under names of secrets and beside others.
    const values = fc.constantFrom<unknown>(
      'a',
      'editor',
      'password=Zx81kq2m',
      secrets[0],
      '',
      null,
      7,
      ['a'],
      ['a', 'b'],
      ['password', 'a'],
      {
        name: 'a',
      },
    );
    const entries = fc.array(fc.dictionary(names, values), { minLength: 2, maxLength: 8 });
    const sensitive = fc.constantFrom([], ['route', 'timestamp']);
    fc.assert(
      fc.property(entries, sensitive, (list, hidden) => {
        const kept = logLine(process.env, hidden);
        for (const entry of list)
          expect(kept('INFO', 'written', entry)).toBe(logLine(process.env, hidden)('INFO', 'written', entry));
      }),
      options,
    );
  });

  it('has the members about an object last, which are written once', () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    const members = vi.fn(({ entry }: Described & { readonly entry: Entry }) => entry);
    const lineOf = logLine(process.env, [], members);
    const [one, other] = [
      { entry: { subject: 'user-1', password: 'x' } },
      { entry: { subject: 'user-2', password: 'x' } },
    ];
    for (const about of [one, other, one, undefined, other])
      expect(lineOf('INFO', 'written', { a: 1 }, about)).toBe(logLine()('INFO', 'written', { a: 1, ...about?.entry }));
    expect(members.mock.calls).toEqual([[one], [other]]);
  });

  it('has the members of a copy, not those of the object that it is a copy of', () => {
    const lineOf = logLine(process.env, [], ({ tier }: Described & { readonly tier: string }) => ({ tier }));
    const about = { tier: 'free' };
    expect(lineOf('INFO', 'written', {}, about)).toContain('"tier":"free"');
    expect(lineOf('INFO', 'written', {}, { ...about, tier: 'gold' })).toContain('"tier":"gold"');
  });

  it('has the members about an object as this log writes them, whichever log wrote them before', () => {
    const membersOf = ({ iban }: Described & { readonly iban: string }) => ({ iban });
    const [open, hiding] = [logLine(process.env, [], membersOf), logLine(process.env, ['iban'], membersOf)];
    const about = { iban: 'DE02' };
    expect(open('INFO', 'written', {}, about)).toContain('"iban":"DE02"');
    expect(hiding('INFO', 'written', {}, about)).toContain('"iban":"[redacted]"');
    expect(open('INFO', 'written', {}, about)).toContain('"iban":"DE02"');
  });

  it('is written at the levels at which Powertools writes it', async () => {
    const levels = [
      'TRACE',
      'DEBUG',
      'INFO',
      'WARN',
      'ERROR',
      'CRITICAL',
      'FATAL',
      'SILENT',
      'info',
      ' WARN ',
      'loud',
      '',
    ];
    for (const level of ['INFO', 'WARN', 'ERROR'] as const)
      for (const one of levels)
        for (const environment of [
          { POWERTOOLS_LOG_LEVEL: one },
          { POWERTOOLS_LOG_LEVEL: '', LOG_LEVEL: one },
          { POWERTOOLS_LOG_LEVEL: 'SILENT', LOG_LEVEL: one },
          { POWERTOOLS_LOG_LEVEL: 'DEBUG', AWS_LAMBDA_LOG_LEVEL: one },
        ] as readonly Environment[]) {
          const { powertools, ours } = await both(level, 'written', { a: 1 }, environment);
          // Powertools also says that its level is below that of Lambda, once.
          const own = powertools.split('\n').filter((line) => !line.includes('Advanced Logging Controls'));
          expect([environment, ours]).toEqual([environment, own.join('\n')]);
        }
  });

  it.each<[string, Environment]>([
    ['the service', { POWERTOOLS_SERVICE_NAME: ' notes ' }],
    ['a service without a name', { POWERTOOLS_SERVICE_NAME: '' }],
    ['a service with the name of a secret', { POWERTOOLS_SERVICE_NAME: 'password=Zx81kq2m' }],
    ['a trace', { _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1' }],
    ['a trace without fields', { _X_AMZN_TRACE_ID: '1-5759e988-bd862e3fe1be46a994272793' }],
    ['a trace without its id', { _X_AMZN_TRACE_ID: 'Parent=53995c3f42cd8ad8;Sampled=1' }],
    ['an empty trace', { _X_AMZN_TRACE_ID: '' }],
  ])('has %s as Powertools has it', async (_, environment) => {
    const { powertools, ours } = await both('INFO', 'written', { a: 1 }, { ...LOUD, ...environment });
    expect(ours).toBe(powertools);
  });

  it('says that an entry could not be written, and why, without secrets', () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    const entry = {
      get decision(): string {
        throw new Error(`the password is ${secrets[0]}`);
      },
    };
    const line = logLine()('INFO', 'written', entry);
    const { level, message, call, reason } = JSON.parse(line) as Entry;
    expect([level, message, call]).toEqual(['ERROR', 'a log entry could not be written', 'info']);
    expect(reason).toContain('[redacted]');
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    expect(JSON.parse(logLine()('INFO', 'written', { cyclic }))).toMatchObject({ call: 'info', level: 'ERROR' });
  });
});

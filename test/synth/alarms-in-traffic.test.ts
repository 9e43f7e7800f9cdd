import { beforeAll, describe, expect, it } from 'vitest';
import type { StackModel } from '../../local/assembly/model.ts';
import { alarmModel, MINUTES_OF_DAY, type Minute, notifications, START, simulate } from '../support/alarmDay.ts';

/** Healthy requests a minute. */
const SIZES = [
  ['1 a minute', 1],
  ['1 a second', 60],
  ['1,000 a second', 60_000],
] as const;
const HOUR = 60;

let model: StackModel;
beforeAll(() => {
  model = alarmModel();
});

/** So many of each thousand requests, at the same minutes in each run. */
const ofThousand = (share: number, requests: number, index: number) => {
  const until = (minute: number) => Math.floor((share * requests * minute) / 1000);
  return until(index + 1) - until(index);
};

/** More by day than by night, with what also happens in healthy traffic: expired tokens, wrong links, typing mistakes, single errors. */
function healthy(requests: number, index: number): Minute {
  const byDay = 1 + 0.5 * Math.sin((2 * Math.PI * index) / MINUTES_OF_DAY);
  const now = requests === 1 ? 1 : Math.round(requests * byDay);
  const address = `192.0.2.${index % 200}`;
  const caller = { subject: `u${index % 500}`, client: 'app' };
  const some = (share: number) => ofThousand(share, now, index);
  return {
    requests: now,
    serverErrors: some(0.2),
    slow: some(2),
    undecided: { 'keys-unreachable': some(0.05) },
    crashed: some(0.05),
    rejected: [
      { status: '401', count: some(5), ip: address, reason: 'expired', owner: { ...caller, justExpired: true } },
      // Browsers that were closed for hours, and people who logged out.
      { status: '401', count: some(0.1), ip: address, reason: 'expired', owner: caller },
      { status: '401', count: some(0.1), ip: address, reason: 'token-revoked', owner: caller },
      { status: '404', count: some(3), ip: address, subject: `u${index % 500}` },
      { status: '400', count: some(3), ip: address, subject: `u${index % 500}` },
      { status: '403', count: some(0.1), ip: address, subject: `u${index % 500}` },
    ],
  };
}

/** A healthy stretch with something in some of its minutes. */
const during = (requests: number, from: number, to: number, more: Partial<Minute>) => (index: number) => {
  const usual = healthy(requests, index);
  if (index < from || index >= to) return usual;
  return { ...usual, ...more, rejected: [...(usual.rejected ?? []), ...(more.rejected ?? [])] };
};

describe.each(SIZES)('at %s', (_, size) => {
  // What is usual has to be learned for three days: until then the band is not what it will be.
  const run = (minutes: number, minute: (index: number) => Minute) =>
    notifications(simulate(model, minutes, minute), model).filter((one) => !one.startsWith('surge'));

  it('a healthy day notifies nobody, after three in which the usual traffic was learned', () => {
    const days = 4;
    const { notified } = simulate(model, days * MINUTES_OF_DAY, (index) => healthy(size, index));
    const learned = START + (days - 1) * MINUTES_OF_DAY * 60_000;
    const last = notified.filter(({ at }) => Date.parse(at) > learned);
    expect(last.map(({ alarm, to }) => `${alarm.name} ${to}`)).toEqual([]);
  });

  it.each([
    ['wrong tokens', { reason: 'audience-invalid' }],
    ['no tokens', {}],
  ])('a burst of 25 requests with %s from one address pages once', (_name, how) => {
    const burst = { rejected: [{ status: '401', count: 25, ...how } as const] };
    expect(run(2 * HOUR, during(size, 30, 31, burst))).toEqual(['failed-logins ALARM', 'failed-logins OK']);
  });

  it.each(['expired', 'token-revoked', 'audience-invalid'])(
    '25 tokens of one subject from 25 addresses page once, and are found by the subject: %s',
    (reason) => {
      const owner = { subject: 'victim', client: 'app' };
      const rejected = Array.from({ length: 25 }, (_, i) => {
        return { status: '401', count: 1, ip: `198.51.100.${i}`, reason, owner } as const;
      });
      const simulation = simulate(model, 2 * HOUR, during(size, 30, 31, { rejected }));
      expect(notifications(simulation, model).filter((one) => !one.startsWith('surge'))).toEqual([
        'failed-logins ALARM',
        'failed-logins OK',
      ]);
      const [first] = simulation.topContributors(
        `${model.apis[0]?.name}-RejectedSubjects`,
        START + 30 * 60_000,
        START + 31 * 60_000,
        1,
      );
      expect(first).toMatchObject({ keys: ['victim'], count: 25 });
    },
  );

  it('revoked tokens of many subjects page once where they are of one client, and many of all requests', () => {
    const [subjects, count] = size > 60 ? [240, 15] : [25, 1];
    const rejected = Array.from({ length: subjects }, (_, i) => {
      const owner = { subject: `s${i}`, client: 'stolen' };
      return { status: '401', count, ip: `198.51.100.${i}`, reason: 'token-revoked', owner } as const;
    });
    const found = run(2 * HOUR, during(size, 30, 31, { rejected }));
    expect(found).toEqual(['failed-logins ALARM', 'failed-logins OK']);
  });

  it('three failed logins a minute are found within the day, without a page', () => {
    const slow = { rejected: [{ status: '401', count: 3, reason: 'audience-invalid' } as const] };
    const found = run(MINUTES_OF_DAY, during(size, 60, 12 * HOUR, slow));
    expect(found).toEqual(['failed-logins-slow ALARM']);
  });

  it('forged signatures are reported apart from other rejections', () => {
    const forged = { rejected: [{ status: '401', count: 8, reason: 'signature-invalid' } as const] };
    expect(run(3 * HOUR, during(size, 30, 31, forged))).toEqual(['forged-tokens ALARM', 'forged-tokens OK']);
  });

  it('an outage pages once, and ends', () => {
    const found = run(4 * HOUR, (index) =>
      index >= 60 && index < 80 ? { requests: 0, serverErrors: size } : healthy(size, index),
    );
    expect(found.filter((one) => one.startsWith('server-errors '))).toEqual([
      'server-errors ALARM',
      'server-errors OK',
    ]);
  });

  it('a deny list that is unreachable pages once, by its name, and the 5xx stay silent', () => {
    const withList = alarmModel({ revocation: true });
    const simulation = simulate(withList, 4 * HOUR, (index) =>
      index >= 60 && index < 80
        ? { requests: 0, undecided: { 'revocations-unreachable': size } }
        : healthy(size, index),
    );
    expect(notifications(simulation, withList).filter((one) => !/^(server-errors-slow|surge)/.test(one))).toEqual([
      'deny-list-unreachable ALARM',
      'deny-list-unreachable OK',
    ]);
  });

  it('an attack that the web ACL blocks is a ticket once, and names the rule and the address', () => {
    const count = Math.max(60, size / 100);
    const blocked = [{ rule: 'AWSManagedRulesSQLiRuleSet', count, ip: '203.0.113.9' }];
    const simulation = simulate(model, 2 * HOUR, during(size, 30, 31, { blocked }));
    expect(notifications(simulation, model).filter((one) => !one.startsWith('surge'))).toEqual([
      'waf-blocks ALARM',
      'waf-blocks OK',
    ]);
    const top = (rule: string) =>
      simulation.topContributors(`${model.apis[0]?.name}-${rule}`, START, START + 2 * HOUR * 60_000, 5);
    expect(top('BlockedRules')).toMatchObject([{ keys: ['AWSManagedRulesSQLiRuleSet'], count }]);
    expect(top('BlockedAddresses')).toMatchObject([{ keys: ['203.0.113.9'], count }]);
    expect(top('RateLimitedAddresses')).toEqual([]);
  });

  it('an attack of six blocked requests a minute is found within the day', () => {
    const blocked = [{ rule: 'AWSManagedRulesCommonRuleSet', count: 6 }];
    const found = run(MINUTES_OF_DAY, during(size, 60, 12 * HOUR, { blocked }));
    expect(found).toEqual(['waf-blocks-slow ALARM']);
  });

  it('what lists block, and a few requests that rules block by mistake, notify nobody', () => {
    const blocked = (index: number) => [
      { rule: 'denied-countries', count: 20, ip: '203.0.113.9' },
      // The more clients, the more addresses.
      ...Array.from({ length: 10 }, (_, i) => ({
        rule: 'AWSManagedRulesCommonRuleSet',
        count: ofThousand(0.2, size, index),
        ip: `192.0.${i}.${index % 200}`,
      })),
    ];
    expect(run(6 * HOUR, (index) => ({ ...healthy(size, index), blocked: blocked(index) }))).toEqual([]);
  });

  it('a flood that the rate rules stop is information once, and no attack', () => {
    const flood = { blocked: [{ rule: 'requests-per-address', count: Math.max(60, size), ip: '203.0.113.9' }] };
    expect(run(3 * HOUR, during(size, 60, 80, flood))).toEqual(['waf-rate-limited ALARM', 'waf-rate-limited OK']);
  });

  it('a crashing authorizer pages once', () => {
    const found = run(4 * HOUR, (index) =>
      index >= 60 && index < 80 ? { requests: 0, crashed: size } : healthy(size, index),
    );
    expect(found.filter((one) => !one.startsWith('server-errors-slow'))).toEqual([
      'authorizer-failures ALARM',
      'authorizer-failures OK',
    ]);
  });
});

describe('unusual traffic', () => {
  const from = 3 * MINUTES_OF_DAY + 10 * HOUR;
  const changed = (size: number, factor: number) =>
    notifications(
      simulate(model, from + 3 * HOUR, (index) =>
        index >= from && index < from + HOUR
          ? { requests: Math.round(size * factor), rejected: [], serverErrors: 0 }
          : healthy(size, index),
      ),
      model,
    ).slice(-2);

  it('is a ticket, up and down, at a size where it matters', () => {
    expect(changed(60_000, 6)).toEqual(['surge ALARM', 'surge OK']);
    expect(changed(60_000, 0.05)).toEqual(['drop ALARM', 'drop OK']);
  });

  it('is nothing where there is little traffic', () => {
    expect(changed(1, 0)).toEqual([]);
    expect(changed(1, 30)).toEqual([]);
  });
});

describe('an API that is hardly used', () => {
  // A window without a value made CloudWatch look back, find the burst again, and page a second time.
  it.each([[[]], [[33]], [[31, 34, 41]]])('is paged once for a burst, with single requests at minutes %j', (later) => {
    const minutes = (index: number): Minute => ({
      requests: [5, 20, ...later].includes(index) ? 1 : 0,
      rejected: index === 30 ? [{ status: '401', count: 25, reason: 'audience-invalid' }] : [],
    });
    expect(notifications(simulate(model, 2 * HOUR, minutes), model)).toEqual([
      'failed-logins ALARM',
      'failed-logins OK',
    ]);
  });
});

describe('an error alarm', () => {
  it('stays until a request succeeds, not until traffic stops', () => {
    const minutes = (index: number): Minute => {
      if (index < 60) return healthy(1, index);
      if (index < 75) return { requests: 0, serverErrors: 1 };
      return index < 300 ? { requests: 0 } : healthy(1, index);
    };
    const { notified } = simulate(model, 6 * HOUR, minutes);
    const changes = notified.filter(({ alarm }) => alarm.name.endsWith('-server-errors'));
    expect(changes.map(({ to }) => to)).toEqual(['ALARM', 'OK']);
    const [start = 0, end = 0] = changes.map(({ at }) => Date.parse(at) / 60_000);
    expect(end - start).toBeGreaterThan(200);
  });
});

describe('when traffic stops right after the cause is gone', () => {
  const OUTAGE = 8;
  /** One request a minute fails for a while, one or two succeed, and then nobody calls for hours. */
  const recovered = (successes: number, failing: Partial<Minute>) => (index: number) => {
    if (index < 60) return healthy(1, index);
    if (index < 60 + OUTAGE) return { requests: 0, ...failing };
    return { requests: index < 60 + OUTAGE + successes ? 1 : 0 };
  };

  it.each([
    ['issuer-unreachable', { undecided: { 'keys-unreachable': 1 } }],
    ['authorizer-failures', { crashed: 1 }],
    ['server-errors', { serverErrors: 1 }],
  ] as const)('%s fires once, ends once, and does not fire again', (id, failing) => {
    for (const successes of [1, 2, 4]) {
      const { notified } = simulate(model, 6 * HOUR, recovered(successes, failing));
      const changes = notified.filter(({ alarm }) => alarm.name.endsWith(`-${id}`));
      expect(
        changes.map(({ to }) => to),
        `${successes}`,
      ).toEqual(['ALARM', 'OK']);
    }
  });

  it.each([
    ['issuer-unreachable', { undecided: { 'keys-unreachable': 1 } }],
    ['authorizer-failures', { crashed: 1 }],
  ] as const)('%s stays while nothing shows that it is', (id, failing) => {
    const { notified } = simulate(model, 6 * HOUR, recovered(0, failing));
    const changes = notified.filter(({ alarm }) => alarm.name.endsWith(`-${id}`));
    expect(changes.map(({ to }) => to)).toEqual(['ALARM']);
  });
});

describe('an access log that gets no lines', () => {
  it('is reported', () => {
    const found = notifications(
      simulate(model, 2 * HOUR, (index) => ({ ...healthy(60, index), silent: index >= 60 })),
      model,
    );
    expect(found).toEqual(['logs-silent ALARM']);
  });
});

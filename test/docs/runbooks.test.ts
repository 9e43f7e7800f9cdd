import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isLook } from '../../lambdas/notifier/commands.ts';
import { DRILLS, kindOf } from '../../lib/cli/drill/drills.ts';
import { parseQuery } from '../../local/services/logs/parseQuery.ts';
import { faultsOf, shellLines, wordsOf } from '../support/commandLines.ts';
import { root } from '../support/folders.ts';
import { alarmedVariants, type JsonResource, type JsonTemplate, synthesizeVariant } from '../support/variants.ts';

const folder = join(root, 'docs/runbooks');
const names = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md');
const index = readFileSync(join(folder, 'README.md'), 'utf8');
const pages = names.map((name) => ({
  id: name.slice(0, -'.md'.length),
  text: readFileSync(join(folder, name), 'utf8'),
}));

/** What the AWS CLI is asked for. Its own parser accepts them as they stand in the pages. */
const AWS_COMMANDS = [
  'acm import-certificate',
  'acm list-certificates',
  'apigateway get-account',
  'apigateway get-api-keys',
  'budgets describe-budgets',
  'ce get-cost-and-usage',
  'cloudformation describe-stacks',
  'cloudformation list-stack-resources',
  'cloudfront list-key-value-stores',
  'cloudwatch describe-alarms',
  'cloudwatch get-insight-rule-report',
  'cloudwatch list-metrics',
  'cloudwatch set-alarm-state',
  'cognito-idp admin-disable-user',
  'cognito-idp admin-list-user-auth-events',
  'cognito-idp admin-reset-user-password',
  'cognito-idp admin-update-auth-event-feedback',
  'cognito-idp admin-user-global-sign-out',
  'cognito-idp list-users',
  'dynamodb describe-limits',
  'dynamodb describe-table',
  'dynamodb list-tables',
  'guardduty list-detectors',
  'guardduty list-findings',
  'kms describe-key',
  'lambda get-account-settings',
  'lambda invoke',
  'lambda put-function-concurrency',
  'logs describe-log-groups',
  'logs describe-query-definitions',
  'logs get-query-results',
  'logs start-query',
  'logs tail',
  's3 ls',
  'secretsmanager list-secrets',
  'secretsmanager restore-secret',
  'secretsmanager update-secret-version-stage',
  'service-quotas request-service-quota-increase',
  'sns list-subscriptions',
  'sqs purge-queue',
  'support create-case',
  'wafv2 get-sampled-requests',
  'wafv2 list-web-acls',
];
/** Programs, and words of the shell. The functions of the set-up are found in it. */
const PROGRAMS = ['aws', 'export', 'git', 'npx', 'time'];

let resources: readonly (readonly [string, JsonResource])[];
beforeAll(() => {
  resources = alarmedVariants.flatMap((variant) => {
    const out = synthesizeVariant(variant ?? {}, false);
    const files = readdirSync(out).filter((name) => name.endsWith('.template.json'));
    return files.flatMap((name) =>
      Object.entries((JSON.parse(readFileSync(join(out, name), 'utf8')) as JsonTemplate).Resources),
    );
  });
});

const ofType = (pattern: RegExp) => resources.filter(([, { Type }]) => pattern.test(Type));
const logicalIds = (pattern: RegExp) => ofType(pattern).map(([id]) => id);
/** Names begin with that of the API, which one character ends. */
const endsOfNames = (type: RegExp, property: string, apart: string) =>
  ofType(type).map(([, { Properties = {} }]) =>
    String(Properties[property])
      .replace(/^[\w-]*?-[0-9A-F]{8}/, '')
      .replace(apart, ''),
  );

/** The runbooks that alarms link to; those that notify nobody link to none. */
const linked = () =>
  ofType(/^AWS::CloudWatch::(Composite)?Alarm$/)
    .filter(([, { Properties = {} }]) => Properties['AlarmActions'] !== undefined)
    .map(([id, { Properties = {} }]) => {
      const [, page] = /Runbook: [^"\\]*?\/([a-z0-9-]+)\.md/.exec(JSON.stringify(Properties['AlarmDescription'])) ?? [];
      return page ?? `none of ${id}`;
    });

/** The commands that descriptions of alarms name, with the runbook. */
const looksOf = () =>
  ofType(/^AWS::CloudWatch::(Composite)?Alarm$/).flatMap(([, { Properties = {} }]) => {
    const text = JSON.stringify(Properties['AlarmDescription'] ?? '');
    const [, look] = /\\nLook: (.*?)\\n/.exec(text) ?? [];
    const [, page = ''] = /Runbook: [^"\\]*?\/([a-z0-9-]+)\.md/.exec(text) ?? [];
    return look === undefined ? [] : [[page, look] as const];
  });

/** Runbooks of messages that are no alarm's: the notifier knows them. */
const linkedByNotices = () =>
  [...JSON.stringify(ofType(/^AWS::Lambda::Function$/)).matchAll(/runbooks[^}]*\}/g)].flatMap(([links]) =>
    [...links.matchAll(/\/([a-z0-9-]+)\.md/g)].map(([, page = '']) => page),
  );

const notifyingNames = () =>
  resources
    .filter(
      ([, { Type, Properties = {} }]) =>
        /CloudWatch::(Composite)?Alarm$/.test(Type) && Properties['AlarmActions'] !== undefined,
    )
    .map(([, { Properties = {} }]) => String(Properties['AlarmName']).replace(/^[\w-]*?-[0-9A-F]{8}-/, ''));

/** The arguments of a function of the set-up, wherever pages call it. */
const argumentsOf = (name: string) =>
  pages.flatMap(({ text }) =>
    shellLines(text).flatMap((line) =>
      [...line.matchAll(new RegExp(`(?<!aws |secure-api )(?<![\\w-])${name} ('[^']+'|[\\w-]+)`, 'g'))].map(
        ([, argument = '']) => argument.replaceAll("'", ''),
      ),
    ),
  );

describe('runbooks', () => {
  it('exist for every alarm that notifies, for findings and budgets, and each belongs to one', () => {
    expect([...new Set(linkedByNotices())].toSorted()).toEqual(['budget', 'guard-duty']);
    expect([...new Set([...linked(), ...linkedByNotices()])].toSorted()).toEqual(pages.map(({ id }) => id).toSorted());
  });

  it('are all in their index', () => {
    expect([...index.matchAll(/^\| \[([a-z-]+)\]\(\1\.md\) \|/gm)].map(([, id]) => id).toSorted()).toEqual(
      pages.map(({ id }) => id).toSorted(),
    );
  });

  it.each(pages.map(({ id, text }) => [id, text]))('have one shape: %s', (id, text) => {
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
    expect(headings.slice(1)).toEqual(['Check', 'Stop the damage', 'Confirm']);
    const isAlarm = !linkedByNotices().includes(id);
    expect(text).toContain(isAlarm ? `Alarm \`…-${id}\`: ` : 'No alarm: ');
    expect([...text.matchAll(/^(\d)\. /gm)].map(([, number]) => number)).toEqual(['1', '2', '3']);
    const isConfirmed = [`npx secure-api alarms ${id}`, `state ${id}`].some((command) =>
      text.trimEnd().endsWith(`${command}\n\`\`\``),
    );
    expect(isConfirmed).toBe(isAlarm);
  });
});

describe('descriptions of alarms', () => {
  it('name commands that exist, and that messages repeat', async () => {
    const looks = looksOf().map(([, look]) => look);
    expect(new Set(looks).size).toBeGreaterThan(8);
    for (const look of new Set(looks)) {
      expect(isLook(look), look).toBe(true);
      expect(await faultsOf([...look.split(' '), '--since', '15m', '--stack', 'Documents']), look).toEqual([]);
    }
  });

  it('name a command that their runbook has, too', () => {
    const missing = looksOf().filter(([page, look]) => {
      const text = pages.find(({ id }) => id === page)?.text ?? '';
      return !text.includes(`npx secure-api ${look} --since `);
    });
    expect(missing).toEqual([]);
  });
});

describe('drills', () => {
  it('exist for every alarm that notifies, and each is for one', () => {
    expect(linked().length).toBeGreaterThan(40);
    const notifying = [...new Set(notifyingNames())];
    expect(notifying.filter((name) => kindOf(name) === undefined)).toEqual([]);
    const used = new Set(notifying.map(kindOf));
    expect(Object.keys(DRILLS).filter((kind) => !used.has(kind.replace(/\d+$/, '')))).toEqual([]);
  });
});

describe('commands of runbooks', () => {
  it('are programs, or functions of the set-up', () => {
    const functions = [...index.matchAll(/^(\w+)\(\) \{/gm)].map(([, name]) => name);
    const first = (line: string) => wordsOf(line).find((word) => !/^[A-Z_]+=/.test(word)) ?? '';
    const called = pages.flatMap(({ text }) =>
      shellLines(text)
        .filter((line) => line.trim() !== '')
        .map(first),
    );
    expect([...new Set(called)].filter((word) => ![...PROGRAMS, ...functions].includes(word))).toEqual([]);
  });

  it('of the AWS CLI exist', () => {
    const all = [index, ...pages.map(({ text }) => text)].flatMap(shellLines);
    const called = all.flatMap((line) => [...line.matchAll(/(?:^|[\s(])aws ([\w-]+ [\w-]+)/g)].map(([, name]) => name));
    expect([...new Set(called)].filter((name) => !AWS_COMMANDS.includes(name ?? ''))).toEqual([]);
  });

  it('name Contributor Insights rules of the stack', () => {
    const rules = endsOfNames(/InsightRule$/, 'RuleName', '-');
    expect(argumentsOf('sources').filter((name) => !rules.includes(name))).toEqual([]);
  });

  it('name saved queries of the stack by the beginning of their names, which is that of no other', () => {
    const queries = endsOfNames(/QueryDefinition$/, 'Name', '/');
    for (const name of argumentsOf('ask')) {
      expect([...new Set(queries.filter((query) => query.startsWith(name)))], name).toHaveLength(1);
    }
  });

  it('run saved queries that the local gateway runs, too', () => {
    const queries = ofType(/Logs::QueryDefinition$/).map(([, { Properties = {} }]) => Properties['QueryString']);
    expect(queries.length).toBeGreaterThan(5);
    for (const query of new Set(queries)) expect(() => parseQuery(String(query)), String(query)).not.toThrow();
  });

  it('name logs, tables and functions of the stack', () => {
    const without = (name: string, type: RegExp) =>
      argumentsOf(name).filter((word) => !logicalIds(type).some((id) => id.includes(word)));
    expect(without('logs', /LogGroup$/)).toEqual([]);
    expect(without('errors', /LogGroup$/)).toEqual([]);
    expect(without('table', /DynamoDB/)).toEqual([]);
    expect(without('function_name', /Lambda::Function$/)).toEqual([]);
  });

  it('ask for the state of alarms that exist', () => {
    const alarms = [...new Set(linked())];
    expect(argumentsOf('state').filter((name) => !alarms.some((id) => id.startsWith(name)))).toEqual([]);
  });
});

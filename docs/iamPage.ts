import { type Permission, type Permissions, permissionsIn, type RoleOfStack } from './permissions.ts';

const INTRODUCTION = `# Permissions

Every role of the sample, and every policy of its resources, read from the synthesized stack (\`npm run docs\`). The reason of
each permission stands where the code grants it. A permission without a reason fails a test, so a new one shows in review.
Names in braces are resources of the stack, by construct path, or parameters of CloudFormation. **Wildcards** are in bold
where they allow something; their reason says why. In the policy of a key, \`*\` is the key itself.

The API has no resource policy: everyone can reach it, the web ACL blocks floods and attacks, and the authorizer decides on
each route that is not public ([access.md](access.md)). No function has a permission for the whole API: two roles of API
Gateway invoke the functions.
`;

const ADDED = `## What other props add

Permissions that are not in the sample, of a stack with every prop: several identities, bound tokens, exact limits, traces,
and the log of the web ACL.
`;

const EDGE = `## What CloudFront adds

Permissions that only an API with \`edge: 'cloudfront'\` has ([edge.md](edge.md)).
`;

const COMMANDS = `## What commands need

Permissions of the person who runs a command with \`--stack\`, beside those that each of them needs to read the stack:
\`cloudformation:DescribeStacks\`, \`cloudformation:GetTemplate\`, \`cloudformation:ListStackResources\`. Two
change something: \`secure-api mute\` which alarms notify, \`secure-api drill --deployed\` the states of alarms.

| command | actions |
| --- | --- |
| \`secure-api logs\` | \`logs:StartQuery\`, \`logs:GetQueryResults\`; with \`--follow\` \`logs:FilterLogEvents\` |
| \`secure-api alarms\` | \`cloudwatch:DescribeAlarms\`, \`cloudwatch:GetInsightRuleReport\`; with \`--history\` \`cloudwatch:DescribeAlarmHistory\` |
| \`secure-api mute\` | \`cloudwatch:DescribeAlarms\`, \`cloudwatch:PutAlarmMuteRule\`, \`cloudwatch:DeleteAlarmMuteRule\` |
| \`secure-api drill --deployed\` | \`cloudwatch:DescribeAlarms\`, \`cloudwatch:DescribeAlarmHistory\`, \`cloudwatch:SetAlarmState\` |
| \`secure-api metrics\` | \`cloudwatch:GetMetricData\` |
| \`secure-api dashboard\` | \`cloudwatch:GetDashboard\`, \`cloudwatch:GetMetricData\`, \`cloudwatch:DescribeAlarms\`, \`cloudwatch:GetInsightRuleReport\` |
| \`secure-api export\` | no others |
`;

const OWN_LOG = 'Writes its own log.';

/** Where the sample is synthesized, and the stack with every prop. Each is the folder of an assembly with the name of its stack. */
export interface IamSources {
  readonly sample: readonly [assembly: string, stack: string];
  readonly everything: readonly [assembly: string, stack: string];
  /** An API behind CloudFront, all in one stack. */
  readonly edge: readonly [assembly: string, stack: string];
}

/** The page of all permissions. */
export function iamPage({ sample, everything, edge }: IamSources): string {
  const own = permissionsIn(...sample);
  const all = permissionsIn(...everything);
  if (own.apiPolicy || all.apiPolicy) throw new Error('The API has a resource policy: describe it in docs/iamPage.ts');
  const atEdge = permissionsIn(...edge);
  const known = new Set(own.statements.map(kindOf));
  const added = all.statements.filter((statement) => !known.has(kindOf(statement)));
  return [
    INTRODUCTION,
    '## Roles\n',
    ...own.roles.map((role) => roleSection(role, own)),
    '## Policies of resources\n',
    table(own.statements.filter(({ kind }) => kind === 'resource')),
    ADDED,
    table(added),
    EDGE,
    table(atEdge.statements.filter(({ owner, reason }) => owner.includes('/CloudFront/') && reason !== OWN_LOG)),
    COMMANDS,
  ].join('\n');
}

function roleSection({ path, description, assumedBy, conditions }: RoleOfStack, { statements }: Permissions): string {
  const own = statements.filter(({ owner, kind }) => kind === 'role' && owner === path);
  const only = conditions.length === 0 ? '' : `, if ${conditions.map(code).join(' and ')}`;
  return `### ${path}\n${description}. Assumed by ${assumedBy.map(code).join(', ')}${only}.\n\n${table(own)}`;
}

function table(statements: readonly Permission[]): string {
  const isResource = statements.some(({ kind }) => kind === 'resource');
  const names = ['actions', 'on', 'if', 'why'];
  const head = isResource ? ['of', 'who', ...names] : names;
  const rows = statements.map((statement) => {
    const { owner, effect, principals, actions, resources, conditions, reason } = statement;
    const marked = effect === 'Allow' && !isKeyPolicy(statement) ? marking : code;
    const verb = effect === 'Allow' ? '' : 'deny ';
    const cells = [
      `${verb}${actions.map(marked).join(' ')}`,
      resources.map(marked).join(' '),
      conditions.map(code).join(' '),
      reason ?? '**missing**',
    ];
    return isResource ? [code(owner), principals.map(code).join(' '), ...cells] : cells;
  });
  return `${[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

/** What permissions have in common that differ in nothing but whose they are. */
function kindOf({ kind, effect, actions, conditions, reason }: Permission): string {
  return JSON.stringify([kind, effect, actions, conditions, reason]);
}

function isKeyPolicy({ kind, resources }: Permission): boolean {
  return kind === 'resource' && resources.length === 1 && resources[0] === '*';
}

function marking(text: string): string {
  return /[*?]/.test(text) ? `**${code(text)}**` : code(text);
}

function code(text: string): string {
  return `\`${text}\``;
}

import { BLOCKED_QUERY } from '../shared/blockedQuery.ts';
import { consoleHost, insightsText } from '../shared/console.ts';

/** Where a person goes from a message. */
export interface Links {
  readonly runbook?: string | undefined;
  readonly dashboard?: string | undefined;
  readonly query?: string;
  readonly alarm?: string;
  /** A finding of GuardDuty, or the budgets of the account. */
  readonly source?: string;
}

/** What the links of a message are made of. */
interface LinkParts {
  /** Of the API. */
  readonly region: string;
  readonly alarmRegion: string;
  /** Log group that the query looks at. @default - the message links to no query */
  readonly log?: string;
  /** The question. @default - what was rejected or failed, by caller */
  readonly asks?: 'blocked' | undefined;
  readonly alarm: string;
  /** Milliseconds: what the query looks at. */
  readonly from: number;
  readonly to: number;
}

/** What was rejected or failed, by caller: the question that follows most alarms. */
const REJECTED =
  'filter status like /^[45]/ | stats count(*) as requests by status, errorType, denialReason, ip, subject, client, method, routePath | sort requests desc | limit 50';

/** What a web ACL blocked: the same as the saved query. */
const BLOCKED = [
  `filter ${BLOCKED_QUERY.filterStatements.join(' | filter ')}`,
  `stats ${BLOCKED_QUERY.statsStatements.join(' | stats ')}`,
  `sort ${BLOCKED_QUERY.sort}`,
  `limit ${BLOCKED_QUERY.limit}`,
].join(' | ');

/** Links to the console of CloudWatch: the requests of that time, and the history of the alarm. */
export function consoleLinks(parts: LinkParts): Links {
  const { region, alarmRegion, log, alarm } = parts;
  const homeOf = (name: string) => `https://${name}.${consoleHost(name)}/cloudwatch/home?region=${name}`;
  return {
    ...(log === undefined ? {} : { query: `${homeOf(region)}#logsV2:logs-insights${hashQuery({ ...parts, log })}` }),
    alarm: `${homeOf(alarmRegion)}#alarmsV2:alarm/${encodeURIComponent(alarm)}`,
  };
}

/** The console writes the query into the fragment in this notation: `~(name~'text~list~(~'item))`, twice encoded. */
function hashQuery({ log, asks, from, to }: LinkParts & { readonly log: string }): string {
  const [start = '', end = ''] = [from, to].map((ms) => new Date(ms).toISOString());
  const detail = [
    `end~'${insightsText(end)}`,
    `start~'${insightsText(start)}`,
    "timeType~'ABSOLUTE",
    "tz~'UTC",
    `editorString~'${insightsText(asks === 'blocked' ? BLOCKED : REJECTED)}`,
    `source~(~'${insightsText(log)})`,
  ].join('~');
  return encodeURIComponent(`?queryDetail=~(${detail})`).replaceAll('%', '$').replaceAll("'", '$27');
}

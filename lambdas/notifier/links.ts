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
  /** Log group that the query looks at. */
  readonly log: string;
  /** The question. @default - what was rejected or failed, by caller */
  readonly asks?: 'blocked' | undefined;
  readonly alarm: string;
  /** Milliseconds: what the query looks at. */
  readonly from: number;
  readonly to: number;
}

/** What was rejected or failed, by caller: the question that follows most alarms. */
const REJECTED =
  'filter status like /^[45]/ | stats count(*) as requests by status, errorType, ip, client, method, routePath | sort requests desc | limit 50';

/** What a web ACL blocked: the saved query of the API asks the same. */
const BLOCKED =
  'filter action = "BLOCK" | stats count(*) as requests by terminatingRuleId, labels.0.name, httpRequest.clientIp, httpRequest.httpMethod, httpRequest.uri | sort requests desc | limit 50';

/** Links to the console of CloudWatch: the requests of that time, and the history of the alarm. */
export function consoleLinks(parts: LinkParts): Links {
  const { region, alarmRegion, alarm } = parts;
  const homeOf = (name: string) => `https://${name}.${domainOf(name)}/cloudwatch/home?region=${name}`;
  return {
    query: `${homeOf(region)}#logsV2:logs-insights${hashQuery(parts)}`,
    alarm: `${homeOf(alarmRegion)}#alarmsV2:alarm/${encodeURIComponent(alarm)}`,
  };
}

export function domainOf(region: string): string {
  if (region.startsWith('cn-')) return 'console.amazonaws.cn';
  return region.startsWith('us-gov-') ? 'console.amazonaws-us-gov.com' : 'console.aws.amazon.com';
}

/** The console writes the query into the fragment in this notation: `~(name~'text~list~(~'item))`, twice encoded. */
function hashQuery({ log, asks, from, to }: LinkParts): string {
  const [start, end] = [from, to].map((ms) => new Date(ms).toISOString());
  const detail = [
    `end~'${quoted(end)}`,
    `start~'${quoted(start)}`,
    "timeType~'ABSOLUTE",
    "tz~'UTC",
    `editorString~'${quoted(asks === 'blocked' ? BLOCKED : REJECTED)}`,
    `source~(~'${quoted(log)})`,
  ].join('~');
  return encodeURIComponent(`?queryDetail=~(${detail})`).replaceAll('%', '$').replaceAll("'", '$27');
}

/** Every character that is no letter, digit, `-`, `_` or `.` is written as `*` and its two hexadecimal digits. */
function quoted(text = ''): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[\w.-]/.test(character) ? character : `*${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

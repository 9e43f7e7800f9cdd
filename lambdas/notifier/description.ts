import { redactString } from '../shared/redact.ts';
import { isLook } from './commands.ts';

/** What the description of an alarm says, by its parts. */
export interface DescriptionParts {
  /** What the alarm means: the first sentence. */
  readonly meaning: string;
  /** What to do first: the sentences after it; may be empty. */
  readonly first: string;
  /** Words after the value, such as `responses with 401`. */
  readonly measure?: string;
  /** The command that shows what the alarm is about, such as `logs --status 401`. */
  readonly look?: string;
  /** Names of the Contributor Insights rules that say who. */
  readonly contributors: readonly string[];
  /** https URLs. */
  readonly runbook?: string;
  readonly dashboard?: string;
  readonly owner?: string;
}

/** Most rules that are asked for one message. */
const MAX_RULES = 4;
const LINE = /^(Measures|Look|Contributors|Deployments|Runbook|Dashboard|Owner): (.+)$/;
/** The end of a sentence: not a point within a number, a version or an abbreviation such as "e.g.". */
const SENTENCE = /^(.+?[^.\s][.!?])\s+(?=[A-Z`"(])(.*)$/s;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_InsightRule.html */
const RULE = /^[\w.-]{1,128}$/;

/**
 * Splits the description of an alarm: sentences, then one line for each of the measure, the command, the rules, the runbook, the dashboard and the owner. The
 * construct writes it so, because every receiver of an alarm gets its description, also without the notifier.
 */
export function descriptionParts(description: string): DescriptionParts {
  // As a whole: in a part of it, a secret can be without the name that shows what it is.
  const lines = redactString(description).split(/\r?\n/);
  const named = new Map(lines.flatMap((line) => (LINE.exec(line) === null ? [] : [pairOf(line)])));
  const sentences = lines.filter((line) => !LINE.test(line)).join(' ');
  const rules = named.get('Contributors')?.split(/,\s*/) ?? [];
  const [measure, owner, look = ''] = ['Measures', 'Owner', 'Look'].map((name) => named.get(name));
  const [runbook, dashboard] = ['Runbook', 'Dashboard'].map((name) => https(named.get(name)));
  return {
    ...sentencesOf(sentences.trim()),
    contributors: rules.filter((rule) => RULE.test(rule)).slice(0, MAX_RULES),
    ...(measure === undefined ? {} : { measure }),
    ...(isLook(look) ? { look } : {}),
    ...(runbook === undefined ? {} : { runbook }),
    ...(dashboard === undefined ? {} : { dashboard }),
    ...(owner === undefined ? {} : { owner }),
  };
}

/** The first sentence, and the others. */
export function sentencesOf(text: string): { readonly meaning: string; readonly first: string } {
  const [, meaning = text, first = ''] = SENTENCE.exec(text) ?? [];
  return { meaning, first };
}

function pairOf(line: string): readonly [string, string] {
  const [, name = '', value = ''] = LINE.exec(line) ?? [];
  return [name, value.trim()];
}

/** A URL is shown only as its own parser writes it, and only one of https. */
export function https(url = ''): string | undefined {
  const parsed = URL.parse(url);
  return parsed?.protocol === 'https:' ? parsed.href : undefined;
}

/** From the most to the least urgent. */
export const SEVERITIES = ['page', 'ticket', 'info'] as const;

/**
 * How soon a person has to act: `page` at once, also at night; `ticket` within a working day; `info` when it suits. Each has its
 * own topic.
 */
export type Severity = (typeof SEVERITIES)[number];

const TOPICS: Readonly<Record<string, Severity>> = { Alarm: 'page', Ticket: 'ticket', Info: 'info' };
/** The construct id of a topic with its digest; in the name of the topic, CloudFormation appends to it. */
const TOPIC = /(Alarm|Ticket|Info)Topic[\dA-F]{8}(?:-[^:-]+)?$/;

/**
 * The severity of an alarm by the topics that it notifies, given by their ARNs, names or logical ids: the most urgent of those that are
 * the construct's. An alarm that notifies none of them is a page: better one too many.
 */
export function severityOfTopics(topics: readonly string[]): Severity {
  const found = topics.map((topic) => TOPICS[TOPIC.exec(topic)?.[1] ?? '']);
  return SEVERITIES.find((severity) => found.includes(severity)) ?? 'page';
}

import { expect, it } from 'vitest';
import { severityOfTopics } from '../../../lambdas/shared/severity.ts';

const arn = (name: string) => `arn:aws:sns:eu-west-1:123456789012:${name}`;

it.each([
  ['the topic of pages', [arn('Shop-ApiAlarmTopic3F2A9C01-x4Yz')], 'page'],
  ['the topic of tickets', [arn('Shop-ApiTicketTopic3F2A9C01-x4Yz')], 'ticket'],
  ['the topic of infos, by its logical id', ['ApiInfoTopic3F2A9C01'], 'info'],
  ['several topics', ['ApiInfoTopic3F2A9C01', 'ApiTicketTopic3F2A9C01'], 'ticket'],
  ['a topic of the API, and one of somebody', ['ApiInfoTopic3F2A9C01', arn('team')], 'info'],
  ['a topic of somebody whose name is similar', [arn('PlatformInfoTopicProd')], 'page'],
  ['a topic of somebody that ends similarly', [arn('InfoTopic3F2A9C01-a-b')], 'page'],
  ['nothing', [], 'page'],
])('the severity of an alarm that notifies %s', (_, topics, severity) => {
  expect(severityOfTopics(topics)).toBe(severity);
});

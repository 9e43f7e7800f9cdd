import type { Severity } from '../../shared/severity.ts';
import type { Notification } from '../notification.ts';
import { linksOf, sections, summary } from '../text.ts';
import { cut } from './cut.ts';

/** Limits of the Events API v2: https://developer.pagerduty.com/docs/send-alert-event */
const MAX_SUMMARY = 1_024;
const MAX_DEDUP_KEY = 255;
const SEVERITY: Readonly<Record<Severity, string>> = { page: 'critical', ticket: 'warning', info: 'info' };

/** Where events are sent; accounts in the EU have their own address. */
export const PAGER_DUTY = {
  us: 'https://events.pagerduty.com/v2/enqueue',
  eu: 'https://events.eu.pagerduty.com/v2/enqueue',
} as const;

/**
 * An event of PagerDuty's Events API v2. The alarm is the key of the incident: one that fires again adds to it, and one that ends
 * resolves it.
 *
 * @param routingKey the integration key of a service, which is a secret.
 * @see https://developer.pagerduty.com/docs/events-api-v2-overview
 */
export function pagerDutyEvent(notification: Notification, routingKey: string): Readonly<Record<string, unknown>> {
  const { status, severity, api, alarm, at } = notification;
  const event = { routing_key: routingKey, dedup_key: alarm.slice(0, MAX_DEDUP_KEY) };
  if (status === 'resolved') return { ...event, event_action: 'resolve' };
  return {
    ...event,
    event_action: 'trigger',
    payload: {
      summary: cut(summary(notification), MAX_SUMMARY),
      source: api,
      severity: SEVERITY[severity],
      timestamp: at,
      component: api,
      class: alarm,
      custom_details: Object.fromEntries(sections(notification)),
    },
    links: linksOf(notification).map(([text, href]) => ({ text, href })),
  };
}

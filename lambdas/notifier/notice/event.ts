import { consoleHost } from '../../shared/console.ts';
import { isRecord } from '../../shared/json.ts';
import type { Links } from '../links.ts';
import type { Notice, NoticeParts } from './noticeParts.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * An event that a rule of EventBridge passed on as it is; undefined for another message.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export function eventNotice(message: string, parts: NoticeParts): Notice | undefined {
  const event = parsed(message);
  const [source, detailType] = [text(event['source']), text(event['detail-type'])];
  if (source === '' || detailType === '') return undefined;
  if (source === 'aws.guardduty' && detailType === 'GuardDuty Finding') return finding(event, parts);
  return {
    title: detailType,
    incident: `${source}-${text(event['id'])}`,
    what: `${source} reports: ${detailType}.`,
    first: 'Look at the event in the service that sent it.',
  };
}

/** https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html */
function finding(event: Members, { isLocal, runbooks }: NoticeParts): Notice {
  const detail = members(event['detail']);
  const { severity, service } = detail;
  const count = number(members(service)['count']);
  const id = text(detail['id']);
  const about = resourceOf(members(detail['resource']));
  const times = count === undefined || count === 1 ? '' : `, seen ${count} times`;
  const from = remoteAddress(members(members(service)['action']));
  return {
    title: 'GuardDuty finding',
    incident: `guard-duty-${id || text(event['id'])}`,
    what: `${sentence(text(detail['title']) || 'GuardDuty has a finding')} ${text(detail['type'])}${about}${from}.`,
    measured: `Severity ${number(severity) ?? 'unknown'} of 10${times}.`,
    first: 'Read the finding, and stop what the function or the credentials can still do.',
    links: {
      ...(runbooks?.guardDuty === undefined ? {} : { runbook: runbooks.guardDuty }),
      ...(isLocal ? {} : consoleOf(text(event['region']), id)),
    },
  };
}

/** Of a function, or of the credentials of a role. */
function resourceOf(resource: Members): string {
  const fn = text(members(resource['lambdaDetails'])['functionName']);
  const role = text(members(resource['accessKeyDetails'])['userName']);
  const bucket = Array.isArray(resource['s3BucketDetails'])
    ? text(members(resource['s3BucketDetails'][0])['name'])
    : '';
  if (fn !== '') return ` of the function ${fn}`;
  if (role !== '') return ` with the credentials of ${role}`;
  return bucket === '' ? '' : ` of the bucket ${bucket}`;
}

function remoteAddress(action: Members): string {
  const kinds = ['networkConnectionAction', 'awsApiCallAction'].map((kind) => members(action[kind]));
  const address = kinds.map((kind) => text(members(kind['remoteIpDetails'])['ipAddressV4'])).find((one) => one !== '');
  return address === undefined ? '' : `, remote address ${address}`;
}

function consoleOf(region: string, id: string): Links {
  if (!/^[a-z\d-]+$/.test(region) || !/^\w+$/.test(id)) return {};
  return {
    source: `https://${region}.${consoleHost(region)}/guardduty/home?region=${region}#/findings?macros=current&fId=${id}`,
  };
}

function sentence(title: string): string {
  return /[.!?]$/.test(title) ? title : `${title}.`;
}

function parsed(message: string): Members {
  try {
    return members(JSON.parse(message));
  } catch {
    return {};
  }
}

function members(value: unknown): Members {
  return isRecord(value) ? value : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

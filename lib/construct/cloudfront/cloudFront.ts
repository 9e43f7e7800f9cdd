import { Stack, Token } from 'aws-cdk-lib';
import type { DomainName } from 'aws-cdk-lib/aws-apigateway';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { CfnDistribution } from 'aws-cdk-lib/aws-cloudfront';
import type { AlarmBase } from 'aws-cdk-lib/aws-cloudwatch';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { CfnRegexPatternSet, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { CorsPolicy } from '../../../lambdas/shared/cors.ts';
import { RUNBOOKS } from '../../../lambdas/shared/runbooks.ts';
import type { DomainProps } from '../edge/domainProps.ts';
import { hostNamesOf } from '../edge/hostNames.ts';
import type { TlsSettings } from '../edge/tls.ts';
import type { CloudFrontSettings, MtlsSettings } from '../edge/transport.ts';
import type { WafProps } from '../edge/webAcl.ts';
import { logBlocked } from '../edge/webAclLogs.ts';
import { Encryption } from '../encryption.ts';
import type { FunctionProps } from '../functions/function.ts';
import type { AlarmLinks } from '../monitoring/alarmDescription.ts';
import { type AlarmTopics, createAlarmTopics, notifiedTopics } from '../monitoring/alarmTopic.ts';
import { blockedInsightRules } from '../monitoring/blockedRules.ts';
import { createAlarms } from '../monitoring/createAlarms.ts';
import { EventTopics } from '../monitoring/eventTopics.ts';
import type { Notify } from '../monitoring/notify.ts';
import { blockedQuery, saveQuery } from '../monitoring/queries.ts';
import { RenewalEvents } from '../monitoring/renewalEvents.ts';
import type { AlarmThresholds } from '../monitoring/thresholds.ts';
import { createInsightRule } from '../monitoring/topContributors.ts';
import { type RevocationSource, revokedAtEdge } from '../mtls/revokedAtEdge.ts';
import { keepState } from '../removal/keepState.ts';
import type { Removal } from '../removal/removal.ts';
import { logRequests } from './accessLog.ts';
import { type DistributionParts, distribution, requestPolicy } from './distribution.ts';
import { edgeAlarms } from './edgeAlarms.ts';
import { addressRecords, edgeCertificate, zoneOf } from './names.ts';
import { notifyAcross } from './notifyAcross.ts';
import { OriginSecret } from './originSecret.ts';
import { Placement } from './placement.ts';
import { viewerRequest } from './requestFunction.ts';
import { responseHeaders } from './responseHeaders.ts';
import { viewerMtls } from './viewerMtls.ts';
import { viewerWebAcl } from './viewerWebAcl.ts';

/** Props of `CloudFront`. */
export interface CloudFrontParts extends FunctionProps {
  readonly settings: CloudFrontSettings;
  readonly tls: TlsSettings;
  readonly stageName: string;
  readonly removal: Removal;
  readonly encryptionKey: Key;
  readonly cors?: CorsPolicy;
  readonly hstsPreload: boolean;
  readonly problemTypeBase?: string;
  readonly waf?: WafProps;
  readonly domain: DomainProps;
  /** The regional domains, in the order of their names. */
  readonly domains: readonly DomainName[];
  /** Their certificate. */
  readonly regional: ICertificate;
  /** What the web ACL of the API accepts. */
  readonly secrets: CfnRegexPatternSet;
  /** Headers of every response. */
  readonly headers: Readonly<Record<string, string>>;
  /** @default - viewers have no certificates */
  readonly mtls?: MtlsSettings;
  /** The bucket of the lists of revoked certificates, and the CAs. @default - none are checked */
  readonly revocation?: RevocationSource;
  readonly notify?: readonly Notify[];
  readonly thresholds?: AlarmThresholds;
  readonly runbooks?: string;
  readonly owner?: string;
}

/**
 * The distributions in front of an API, one for each host name, with what protects, logs and watches them. Everything is in us-east-1.
 *
 * @throws {ConfigError} `edge-invalid`, `option-invalid`.
 */
export class CloudFront extends Construct {
  private readonly placement: Placement;
  private readonly topics: AlarmTopics;
  /** In the order of the names of the domain. */
  readonly distributions: readonly CfnDistribution[];
  readonly webAcl: CfnWebACL;
  readonly certificate: ICertificate;
  readonly alarms: readonly AlarmBase[];

  constructor(scope: Construct, id: string, parts: CloudFrontParts) {
    super(scope, id);
    const { settings, domain, secrets, tls, mtls } = parts;
    const hasCertificates = mtls !== undefined;
    const placement = new Placement(this);
    const { scope: edge, name } = placement;
    const key = placement.isSeparateStack
      ? new Encryption(edge, 'Key', { apiName: `${parts.api.name} at the edge`, removal: parts.removal }).key
      : parts.encryptionKey;
    const logs = { ...parts.logs, key };
    const hosts = hostNamesOf(domain);
    const zone = zoneOf(placement, domain.zone);
    this.webAcl = viewerWebAcl(edge, parts);
    const logsBlocked = parts.waf?.logs !== false;
    if (logsBlocked) {
      const log = logBlocked(edge, this.webAcl, { settings: logs, name: `${parts.name}-viewer` });
      investigateBlocks(edge, parts.name, log);
    }
    this.certificate = edgeCertificate(placement, hosts, { ...parts, certificate: settings.certificate, zone });
    const { fn, store } = viewerRequest(edge, name, hasCertificates);
    const { fn: rotation, firstValue } = new OriginSecret(edge, 'Secret', {
      ...parts,
      logs,
      store,
      patternSet: {
        id: placement.crossStackValue('PatternSetId', secrets.attrId),
        name: secrets.name ?? '',
        arn: placement.crossStackValue('PatternSetArn', secrets.attrArn),
        region: Stack.of(this).region,
      },
    });
    const revocation = mtls && revokedAtEdge(placement, { ...parts, logs, mode: mtls.mode });
    const shared: DistributionParts = {
      settings,
      viewerPolicy: viewerPolicyOf(tls),
      certificateArn: this.certificate.certificateArn,
      webAcl: this.webAcl,
      viewerRequest: fn,
      requestPolicy: requestPolicy(edge, name, hasCertificates),
      responseHeaders: responseHeaders(edge, name, parts.headers),
      ...(mtls === undefined ? {} : { viewerMtls: viewerMtls(edge, name, mtls, revocation) }),
    };
    this.distributions = hosts.map((host, i) => {
      const scopeOfName = i === 0 ? edge : new Construct(edge, Token.isUnresolved(host) ? `Name${i}` : host);
      const regional = parts.domains[i]?.domainNameAliasDomainName ?? '';
      const origin = placement.crossStackValue(i === 0 ? 'Origin' : `Origin${i}`, regional);
      const created = distribution(scopeOfName, 'Distribution', { host, origin, comment: parts.api.name }, shared);
      // Before the first value every request would get 503.
      created.node.addDependency(firstValue);
      addressRecords(scopeOfName, { host, created, domain, zone });
      return created;
    });
    if (settings.logs) logRequests(edge, this.distributions, { settings: logs, name });
    // The monitoring of the API watches its own certificate.
    const isWatched = this.certificate === parts.regional;
    const { thresholds = {} } = parts;
    const specs = edgeAlarms(
      {
        ...parts,
        distributions: this.distributions,
        viewerRequest: fn,
        webAclName: `${parts.name}-viewer`,
        logsBlocked,
        rotation,
        ...(revocation && { revocationCopy: revocation.copies }),
        ...(isWatched ? {} : { certificate: this.certificate }),
      },
      thresholds,
    );
    const { notify = [] } = parts;
    const topics = createAlarmTopics(edge, key, notify);
    this.topics = topics;
    this.placement = placement;
    this.alarms = createAlarms(edge, specs, {
      topics: notifiedTopics(topics, notify.filter(isIn(edge))),
      links: linksOf(parts),
    });
    if (!isWatched) {
      const apiName = `${parts.api.name} at CloudFront`;
      new RenewalEvents(edge, 'Renewal', {
        apiName,
        certificate: this.certificate,
        events: new EventTopics(topics, key),
        links: linksOf(parts),
        thresholds,
      });
    }
    if (placement.isSeparateStack) keepState(edge);
  }

  /** Has a function notify people of the alarms. */
  notifyBy(notifier: LambdaFunction): void {
    notifyAcross(this.placement, this.topics, notifier);
  }
}

/** Says which rules of the web ACL blocked whom, in its region. */
function investigateBlocks(scope: Construct, apiName: string, log: LogGroup): void {
  const blocked = new Construct(scope, 'Blocked');
  for (const rule of blockedInsightRules(true)) createInsightRule(blocked, rule, { apiName, logGroup: log });
  saveQuery(blocked, apiName, blockedQuery(log, ' at CloudFront'));
}

/** Alarms notify topics of their region only. */
function isIn(scope: Construct): (recipient: Notify) => boolean {
  const { region } = Stack.of(scope);
  return ({ target }) => target.kind !== 'topic' || target.topic.env.region === region;
}

function linksOf({ api, name, runbooks = RUNBOOKS, owner }: CloudFrontParts): AlarmLinks {
  return { apiName: api.name, prefix: name, runbooks, ...(owner === undefined ? {} : { owner }) };
}

function viewerPolicyOf({ policy, viewer }: TlsSettings) {
  if (viewer === undefined) throw new Error(`no policy of CloudFront for ${policy}`);
  return viewer;
}

import { describe, expect, it } from 'vitest';
import { type AddressReport, reportText, type UrlReport } from '../../../../lib/cli/domain/checkReport.ts';
import type { EndpointFacts, Finding } from '../../../../lib/cli/domain/observe/facts.ts';

const url = new URL('https://api.example.com');
const facts = (address: string): EndpointFacts => ({
  url,
  address,
  now: new Date(),
  versions: ['TLS 1.3'],
  sent: [],
  fetched: [],
  clientCertificate: 'not-demanded',
  plain: {},
  revocation: [],
});
const finding = (code: string): Finding => ({ code, severity: 'fault', found: 'a', expected: 'b', fix: 'c' });
const at = (address: string, ...codes: readonly string[]): AddressReport => ({
  facts: facts(address),
  findings: codes.map(finding),
});
const text = (report: UrlReport) => reportText([report], (_, shown) => shown);

describe('the report for several addresses', () => {
  it('writes once what all have in common, and names the address of the rest', () => {
    const addresses = [at('192.0.2.1', 'lapsed'), at('2001:db8::1', 'lapsed', 'hsts-missing')];
    const shown = text({ url, addresses, findings: [] });
    expect(shown.match(/fault lapsed$/gm)).toHaveLength(1);
    expect(shown).toContain('fault hsts-missing at 2001:db8::1\n');
    expect(shown).toContain('3 faults, 0 warnings, 0 unchecked');
  });

  it('does not say that there is no fault where there is a finding', () => {
    expect(text({ url, addresses: [at('192.0.2.1')], findings: [] })).toContain('no fault');
    expect(text({ url, addresses: [], findings: [finding('unreachable')] })).not.toContain('no fault');
  });
});

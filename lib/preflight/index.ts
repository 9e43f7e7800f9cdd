export { type Account, openAccount } from './account.ts';
export { readStack, type SynthesizedStack } from './assembly.ts';
export { AMAZON_AUTHORITIES } from './checks/domains.ts';
export { apiGatewaySettings } from './facts/apiGateway.ts';
export { allowedAuthorities } from './facts/domains.ts';
export { PREFLIGHT_CODES, type Severity } from './finding.ts';
export { type PreflightReport, preflight } from './preflight.ts';
export { preflightPolicy, READS } from './reads.ts';
export { countFindings, reportJson, reportText } from './report.ts';

import type { StackTemplate } from '../stackTemplate.ts';
import { list, record, string } from '../values.ts';

/**
 * Finds the API that a domain name leads to: the host of the API itself, or that of a regional custom domain by its base path
 * mapping or routing rule.
 */
export function originLookup(stacks: readonly StackTemplate[]): (host: string) => string | undefined {
  const targets = new Map<string, string>();
  for (const stack of stacks) {
    for (const domain of stack.ofType('AWS::ApiGateway::DomainName')) {
      const apiId = apiOf(stack, domain.ref, domain.attribute('DomainNameArn'));
      if (apiId !== undefined) targets.set(domain.attribute('RegionalDomainName'), apiId);
    }
    for (const api of stack.ofType('AWS::ApiGateway::RestApi')) {
      const { region } = stack.names;
      targets.set(`${api.ref}.execute-api.${region}.amazonaws.com`, api.ref);
    }
  }
  return (host) => targets.get(host);
}

function apiOf(stack: StackTemplate, name: string, domainArn: string): string | undefined {
  const [mapping] = stack
    .ofType('AWS::ApiGateway::BasePathMapping')
    .filter(({ properties }) => properties['DomainName'] === name);
  if (mapping !== undefined) return string(mapping.properties['RestApiId']);
  const rules = stack
    .ofType('AWS::ApiGatewayV2::RoutingRule')
    .filter(({ properties }) => properties['DomainNameArn'] === domainArn);
  const actions = rules.flatMap(({ properties }) => list(properties['Actions']).map(record));
  return string(record(actions[0]?.['InvokeApi'])['ApiId']);
}

/** Copies of a cloud assembly with changes that no definition can produce. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../support/folders.ts';

interface RestApi {
  readonly Metadata: { readonly 'secure-api': { roles: readonly string[] } };
  readonly Properties: { readonly Body: GatewayBody };
}

/** The OpenAPI body in a template. */
export interface GatewayBody {
  readonly paths: Record<string, Record<string, object>>;
  readonly components: { readonly schemas: Record<string, { properties: Record<string, object> }> };
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string } & RestApi>>;
}

/** A copy whose issuer issues tokens with any roles, including unknown ones; `change` can change it further. */
export function openAssembly(assembly: string, change: (body: GatewayBody) => void = () => undefined): string {
  const copy = join(temporaryFolder(), 'assembly');
  cpSync(assembly, copy, { recursive: true });
  for (const name of readdirSync(copy).filter((each) => each.endsWith('.template.json'))) {
    const template = JSON.parse(readFileSync(join(copy, name), 'utf8')) as Template;
    const apis = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::ApiGateway::RestApi');
    for (const { Metadata, Properties } of apis) {
      Metadata['secure-api'].roles = [];
      change(Properties.Body);
    }
    writeFileSync(join(copy, name), JSON.stringify(template));
  }
  return copy;
}

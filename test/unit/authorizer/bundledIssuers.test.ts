import { describe, expect, it } from 'vitest';
import { authentication } from '../../../lambdas/authorizer/authenticate.ts';
import { bundledIssuers } from '../../../lambdas/authorizer/bundledIssuers.ts';
import { tokenIssuerOf } from './support/authorizer.ts';

const named = (issuer: string) => ({ ...tokenIssuerOf('https://login.example'), issuer });
const [before = '', after = ''] = JSON.stringify([named('<pool>')]).split('<pool>');
const bundled = bundledIssuers([before, 1, after]);
const read = (values: string | undefined) =>
  JSON.parse(bundled(values === undefined ? {} : { SECURE_API_ISSUER_VALUES: values }));

describe('token issuers in the bundle', () => {
  it('get the values of the deployment by position, whatever characters these have', () => {
    expect(read('["a","pool \\"1\\" \\\\"]')).toEqual([named('pool "1" \\')]);
  });

  it.each([undefined, '', '{}', '[]', '["a"]', '["a",7]', '["a",""]'])('are invalid with the values %s', (values) => {
    expect(() => read(values)).toThrow(/^configuration-invalid: SECURE_API_ISSUER_VALUES /);
  });

  it('are not used where the environment has issuers, even invalid ones', () => {
    const options = { secrets: undefined as never, tokenIssuers: bundled };
    const environment = { SECURE_API_ISSUER_VALUES: '["a","https://login.example"]', SECURE_API_TOKEN_ISSUERS: '' };
    expect(() => authentication(environment, options)).toThrow(/SECURE_API_TOKEN_ISSUERS is not JSON/);
  });
});

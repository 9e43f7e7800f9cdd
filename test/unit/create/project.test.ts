import { describe, expect, it } from 'vitest';
import { IDENTITIES, identityCode } from '../../../create/identities.ts';
import { type ProjectInput, projectOf, suggestedName } from '../../../create/project.ts';
import { ConfigError } from '../../../lib/definition/errors.ts';

const ZONE = 'Z0123456789ABCDEFGHIJ';
const AUTH0 = { identity: 'auth0', provider: 'example.eu.auth0.com', audience: 'https://api.example.com' };

function faultOf(input: ProjectInput): Pick<ConfigError, 'code' | 'location'> | undefined {
  try {
    projectOf(input, '/projects/notes');
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { code, location } = error;
    return { code, location };
  }
}

describe('a project', () => {
  it('has the name of its folder, a user pool and no domain unless the input says otherwise', () => {
    expect(projectOf({}, '/projects/Notes of Ann')).toEqual({
      name: 'notes-of-ann',
      identity: { name: 'cognito', values: {} },
    });
  });

  it.each([
    ['/', 'my-api'],
    ['/projects/123', 'my-api'],
    ['/projects/secure-api', 'my-api'],
    ['/projects/2nd_API.v2-', 'nd-api-v2'],
    [`/projects/${'x'.repeat(50)}`, 'x'.repeat(40)],
    ['/projects/über', 'ber'],
  ])('in %s is named %s', (folder, name) => {
    expect(suggestedName(folder)).toBe(name);
  });

  it('has the parent of its domain as hosted zone', () => {
    const { domain } = projectOf({ domain: 'api.example.com', zone: ZONE }, '/projects/notes');
    expect(domain).toEqual({ name: 'api.example.com', zoneId: ZONE, zoneName: 'example.com' });
  });

  it('writes an identity as a person would', () => {
    expect(identityCode(projectOf(AUTH0, '/projects/notes').identity)).toBe(
      "Identity.auth0({ domain: 'example.eu.auth0.com', audience: 'https://api.example.com' })",
    );
  });
});

describe('an input is rejected, with its option', () => {
  it.each<readonly [string, ProjectInput, string, string]>([
    ['a name with a path', { name: '../notes' }, 'option-invalid', '--name'],
    ['a name with upper case', { name: 'Notes' }, 'option-invalid', '--name'],
    ['an empty name', { name: '' }, 'option-invalid', '--name'],
    ['a name of a package that it uses', { name: 'constructs' }, 'option-invalid', '--name'],
    ['an unknown identity', { identity: 'saml' }, 'option-invalid', '--identity'],
    ['a name of every object', { identity: 'constructor' }, 'option-invalid', '--identity'],
    ['a provider without its domain', { identity: 'auth0' }, 'option-missing', '--provider'],
    ['a provider as a URL', { ...AUTH0, provider: 'https://example.eu.auth0.com' }, 'option-invalid', '--provider'],
    ['an audience with a quote', { ...AUTH0, audience: "x' + process.exit() + '" }, 'option-invalid', '--audience'],
    ['an audience with a line break', { ...AUTH0, audience: 'x\ny' }, 'option-invalid', '--audience'],
    ['an option of another identity', { ...AUTH0, realm: 'main' }, 'option-invalid', '--realm'],
    ['an issuer without TLS', { identity: 'oidc', issuer: 'http://a.example.com' }, 'option-invalid', '--issuer'],
    ['a domain without its zone', { domain: 'api.example.com' }, 'option-missing', '--zone'],
    ['a zone without a domain', { zone: ZONE }, 'option-missing', '--domain'],
    ['a domain with a path', { domain: 'example.com/x', zone: ZONE }, 'option-invalid', '--domain'],
    ['a zone by its name', { domain: 'api.example.com', zone: 'example.com' }, 'option-invalid', '--zone'],
    [
      'a zone of another domain',
      { domain: 'api.example.com', zone: ZONE, zoneName: 'example.org' },
      'option-invalid',
      '--zone-name',
    ],
  ])('%s', (_, input, code, location) => {
    expect(faultOf(input)).toEqual({ code, location });
  });

  it('each value of an identity that is missing', () => {
    for (const [identity, { fields }] of Object.entries(IDENTITIES)) {
      const [first] = fields;
      if (first !== undefined)
        expect(faultOf({ identity })).toEqual({ code: 'option-missing', location: `--${first.name}` });
    }
  });
});

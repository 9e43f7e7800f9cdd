import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { ConfigError } from '../definition/errors.ts';
import { loadLocal } from './local.ts';
import { print } from './output.ts';

interface ProofOptions {
  readonly key: string;
  readonly token: string;
}

/** `secure-api proof`: the proof of possession that a bound token needs (RFC 9449), for one request. */
export function proofCommand(): Command {
  return new Command('proof')
    .description('print the DPoP header for one request with a token that is bound to a key')
    .argument('<method>', 'method of the request, such as GET')
    .argument('<url>', 'URL of the request')
    .requiredOption('--key <file>', 'the private key that the token is bound to, as token --dpop made it')
    .requiredOption('--token <token>', 'the access token that goes along')
    .addHelpText(
      'after',
      '\nExample:\n  $ TOKEN=$(secure-api token --role viewer --dpop client.pem)\n  $ URL=https://localhost:8443/documents\n  $ curl --cacert .secure-api/tls/ca.pem -H "Authorization: DPoP $TOKEN" \\\n      -H "DPoP: $(secure-api proof GET $URL --key client.pem --token $TOKEN)" $URL',
    )
    .action(proof);
}

async function proof(method: string, url: string, { key, token }: ProofOptions): Promise<void> {
  if (!existsSync(key)) throw wrong('--key', `no file ${key}`, 'a private key', 'Get one by secure-api token --dpop.');
  if (!URL.canParse(url)) throw wrong('<url>', JSON.stringify(url), 'an absolute URL', 'Name the whole address.');
  const { dpopProof } = await loadLocal();
  print(await dpopProof({ keyFile: key, method: method.toUpperCase(), url, token }));
}

function wrong(location: string, found: string, expected: string, fix: string): ConfigError {
  return new ConfigError({ code: 'option-invalid', location, found, expected, fix });
}

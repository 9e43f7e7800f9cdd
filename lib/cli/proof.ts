import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { loadLocal } from './localPackage.ts';
import { invalidOption, withExamples } from './options.ts';
import { print } from './output.ts';

interface ProofOptions {
  readonly key: string;
  readonly token: string;
  readonly json?: boolean;
}

/** Without a user name or a backslash, about which parsers differ: a proof for another host would be of no use. */
const ABSOLUTE_URL = /^https:\/\/[^/?#@\\\s]+(?:[/?#][^\\\s]*)?$/i;

/** `secure-api proof`: the DPoP proof (RFC 9449) that one request with a bound token needs. */
export function proofCommand(): Command {
  const command = new Command('proof')
    .description('print the DPoP header for one request with a token that is bound to a key')
    .argument('<method>', 'method of the request, such as GET')
    .argument('<url>', 'URL of the request')
    .requiredOption('--key <file>', 'private key that the token is bound to, as token --dpop made it')
    .requiredOption('--token <token>', 'access token of the request')
    .option('--json', 'print { proof } as JSON')
    .action(proof);
  return withExamples(
    command,
    'TOKEN=$(secure-api token --role viewer --dpop client.pem)',
    'URL=https://localhost:8443/documents',
    'curl --cacert .secure-api/tls/ca.pem -H "Authorization: DPoP $TOKEN" \\\n      -H "DPoP: $(secure-api proof GET $URL --key client.pem --token $TOKEN)" $URL',
  );
}

async function proof(method: string, url: string, { key, token, json }: ProofOptions): Promise<void> {
  if (!existsSync(key)) {
    const fix = 'Make one with secure-api token --dpop.';
    throw invalidOption({ location: '--key', found: `no file ${key}`, expected: 'a private key', fix });
  }
  if (!ABSOLUTE_URL.test(url) || !URL.canParse(url)) {
    const fix = 'Give the scheme and the host too, and write the URL as the request has it.';
    throw invalidOption({ location: '<url>', found: JSON.stringify(url), expected: 'an absolute https URL', fix });
  }
  const { dpopProof } = await loadLocal();
  const made = await dpopProof({ keyFile: key, method: method.toUpperCase(), url, token });
  print(json ? JSON.stringify({ proof: made }) : made);
}

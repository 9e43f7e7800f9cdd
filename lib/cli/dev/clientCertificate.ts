import { quoted } from '../../../create/shellWord.ts';
import type { ClientCertificates } from '../localPackage.ts';

/** What a request with a client certificate needs. */
export interface CertificateUse {
  /** Commands that make it, or a comment that says what to make. */
  readonly before: readonly string[];
  /** Options of curl. */
  readonly options: string;
  /** The client that the certificate names, which the token has to name, too. */
  readonly client?: string;
}

interface Setting {
  /** Whether `secure-api certs issue` signs by a CA that the API accepts. */
  readonly hasCa: boolean;
  /** Options that name the gateway; empty for the default. */
  readonly gateway: string;
  /** Tier of a client that has to be registered. */
  readonly tier: string | undefined;
}

type Names = NonNullable<ClientCertificates['client']>['from'];

/** Where an API maps no names, any will do. */
const PARTNER = 'acme';
/** A name of each kind; the common name is the argument of `certs issue`. */
const ANY_NAME: Readonly<Record<Names, string>> = {
  commonName: PARTNER,
  dnsName: `${PARTNER}.example`,
  uri: `spiffe://${PARTNER}.example/robot`,
  email: `robot@${PARTNER}.example`,
};
const OPTION: Readonly<Record<Names, string | undefined>> = {
  commonName: undefined,
  dnsName: '--dns',
  uri: '--uri',
  email: '--email',
};

/** The certificate for a request; undefined where it needs none. */
export function certificateUse(
  certificates: ClientCertificates | undefined,
  { hasCa, gateway, tier }: Setting,
): CertificateUse | undefined {
  if (certificates?.mode !== 'required') return undefined;
  const { needsRevocationList, client } = certificates;
  const { from = 'commonName', example } = client ?? {};
  const name = example?.name ?? ANY_NAME[from];
  const named = client === undefined ? {} : { client: example?.client ?? name };
  const isRegistered = client !== undefined && example === undefined && tier !== undefined;
  const add = `npx secure-api clients add ${quoted(name)} --tier ${quoted(tier ?? '')} --local${gateway}`;
  const registers = isRegistered ? [add] : [];
  if (!hasCa) {
    const list = needsRevocationList ? ', whose revocation list is published' : '';
    const which = client === undefined ? '' : ` for ${from} ${quoted(name)}`;
    return {
      before: [
        `# client.pem and client.key are a certificate${which} of a CA in the trust store${list}, and its key`,
        ...registers,
      ],
      options: '--cert client.pem --key client.key',
      ...named,
    };
  }
  const option = OPTION[from];
  const words = option === undefined ? [quoted(name)] : [PARTNER, option, quoted(name)];
  return {
    before: [
      `CERT=$(npx secure-api certs issue ${words.join(' ')} --reuse | cut -d: -f1)`,
      ...(needsRevocationList ? [`npx secure-api certs crl --publish --local${gateway}`] : []),
      ...registers,
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell reads it
    options: '--cert "$CERT" --key "${CERT%.pem}.key"',
    ...named,
  };
}

import type { CertificateSettings } from '../../../lib/definition/bundledTypes.ts';
import { isRecord } from '../../shared/json.ts';
import { X509Certificate } from '../../shared/nodeCrypto.ts';
import type { AuthorizerEnvironment, EdgeEnvironment, Readable } from '../../shared/wireContract.ts';
import { readCertificate } from '../../shared/x509/certificate.ts';
import { X509Invalid } from '../../shared/x509/der.ts';
import { type CertificateNames, namesOf } from '../../shared/x509/names.ts';
import { AuthorizerFault, TokenRejected } from '../reasons.ts';
import type { RequestClients } from '../requestClient.ts';
import { clientCertificate } from './clientCertificate.ts';
import { revocationLists } from './revocationLists.ts';

/**
 * Checks the certificate of a connection, and which client it belongs to.
 *
 * The last returned function takes the client of the token. It throws {@link TokenRejected} `certificate-missing`, `certificate-malformed`,
 * `certificate-revoked`, `certificate-client-unknown` or `certificate-client-mismatch`, and {@link AuthorizerFault} `revocation-unknown`.
 */
export function certificateClients(
  settings: CertificateSettings,
): (environment: Readable<AuthorizerEnvironment & EdgeEnvironment>) => RequestClients {
  return (environment) => clientsOf(settings, environment);
}

function clientsOf(
  settings: CertificateSettings,
  environment: Readable<AuthorizerEnvironment & EdgeEnvironment>,
): RequestClients {
  const authorities = settings.trustStore.map((der) => new X509Certificate(Buffer.from(der, 'base64')));
  const rejectRevoked = revocationLists(environment, authorities);
  const deployed = deployedClients(environment);
  return async (event, tokenClient) => {
    const certificate = clientCertificate(event, environment);
    if (certificate === undefined) {
      if (settings.mode === 'required') throw new TokenRejected('certificate-missing');
      return { client: tokenClient, byCertificate: false };
    }
    const names = readNames(certificate);
    await rejectRevoked(certificate);
    const { client } = settings;
    if (client === undefined) return { client: tokenClient, byCertificate: false };
    const named = clientOf(names, client, deployed);
    if (tokenClient !== '' && tokenClient !== named) throw new TokenRejected('certificate-client-mismatch');
    return { client: named, byCertificate: client.names === undefined };
  };
}

function readNames(certificate: X509Certificate): CertificateNames {
  try {
    return namesOf(readCertificate(certificate.raw));
  } catch (error) {
    if (error instanceof X509Invalid) throw new TokenRejected('certificate-malformed');
    throw error;
  }
}

function clientOf(
  ofCertificate: CertificateNames,
  { from, names }: NonNullable<CertificateSettings['client']>,
  deployed: ReadonlyMap<string, string>,
): string {
  const [name, ...others] = ofCertificate[from];
  // With several names, none says which client it is.
  if (name === undefined || name === '' || others.length > 0) throw new TokenRejected('certificate-client-unknown');
  const ofDeployment = deployed.get(name);
  if (ofDeployment !== undefined) return ofDeployment;
  if (names === undefined) return name;
  const client = Object.hasOwn(names, name) ? names[name] : undefined;
  if (client === undefined) throw new TokenRejected('certificate-client-unknown');
  return client;
}

/** Clients of user pools of the stack, whose ids AWS generates. */
function deployedClients(environment: Readable<AuthorizerEnvironment>): ReadonlyMap<string, string> {
  const json = environment.SECURE_API_CERTIFICATE_CLIENTS;
  if (json === undefined) return new Map();
  const wrong = (cause?: unknown) =>
    new AuthorizerFault('configuration-invalid', new Error('SECURE_API_CERTIFICATE_CLIENTS is invalid', { cause }));
  let clients: unknown;
  try {
    clients = JSON.parse(json);
  } catch (error) {
    throw wrong(error);
  }
  if (!isRecord(clients)) throw wrong();
  return new Map(
    Object.entries(clients).map(([name, client]) => {
      if (typeof client !== 'string' || client === '') throw wrong();
      return [name, client];
    }),
  );
}

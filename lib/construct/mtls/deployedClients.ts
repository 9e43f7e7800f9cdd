import { Token } from 'aws-cdk-lib';
import { formatValue, oneOf } from '../../definition/checks/check.ts';
import { nearest } from '../../definition/shape.ts';
import type { TokenIssuer } from '../../definition/tokenIssuer.ts';
import { invalid } from '../invalid.ts';
import type { CertificateClientProps } from './props.ts';

/** Whose tokens an API accepts, and which clients of a user pool it adds. */
interface Accepted {
  readonly issuers: readonly TokenIssuer[];
  /** The ids of machine clients, by their names. */
  readonly machineClients: Names;
  /** The pool, where the construct creates it. */
  readonly userPool?: object;
}

type Names = Readonly<Record<string, string>>;

/** How Cognito writes the ids that it generates; a name that a person gives a client seldom looks so. */
const GENERATED_ID = /^[a-z0-9]{16,}$/;

/**
 * The client by the name in a certificate, where AWS generates its id: the tokens of a machine client have that id and not its name.
 *
 * @throws {ConfigError} `mtls-invalid` for a client whose tokens no issuer of the API can have.
 */
export function deployedClients(client: CertificateClientProps | undefined, accepted: Accepted): Names {
  if (client === undefined) return {};
  const { machineClients } = accepted;
  if (client.names === undefined) {
    requireMachines(accepted);
    return machineClients;
  }
  for (const [name, id] of Object.entries(client.names)) requireAccepted(`mtls.client.names.${name}`, id, accepted);
  return Object.fromEntries(
    Object.entries(client.names).flatMap(([name, value]) => {
      const id = Object.hasOwn(machineClients, value) ? machineClients[value] : value;
      return id === undefined || !Token.isUnresolved(id) ? [] : [[name, id]];
    }),
  );
}

/** The names whose clients are known at synth, so that the code can hold them. */
export function namesOfCode(names: Names): Names {
  return Object.fromEntries(Object.entries(names).filter(([, client]) => !Token.isUnresolved(client)));
}

/** The clients whose tokens are accepted; undefined where an issuer names none, so that all of its clients are. */
function knownClients(issuers: readonly TokenIssuer[]): readonly string[] | undefined {
  const ids = issuers.map(({ clientIds }) => clientIds);
  return ids.includes(undefined) ? undefined : ids.flatMap((some) => some ?? []);
}

function requireAccepted(location: string, client: string, { issuers, machineClients }: Accepted): void {
  const known = knownClients(issuers);
  if (known === undefined || Token.isUnresolved(client) || Object.hasOwn(machineClients, client)) return;
  if (known.includes(client) || (known.some((id) => Token.isUnresolved(id)) && GENERATED_ID.test(client))) return;
  const names = [...Object.keys(machineClients), ...known.filter((id) => !Token.isUnresolved(id))];
  const near = nearest(client, names);
  throw invalid({
    code: 'mtls-invalid',
    location,
    found: formatValue(client),
    expected: oneOf(names, 'a machine client: the user pool has none'),
    fix:
      near === undefined ? 'Add it to machineClients, or write the id of a client of the identity.' : `Write ${near}.`,
  });
}

/** Without `names`, a certificate has the name of a client. In a pool that the construct creates, it cannot have an id that is not known yet. */
function requireMachines({ issuers, machineClients, userPool }: Accepted): void {
  if (userPool === undefined || issuers.length > 1 || Object.keys(machineClients).length > 0) return;
  throw invalid({
    code: 'mtls-invalid',
    location: 'mtls.client',
    found: 'no machine client',
    expected: 'machine clients of the user pool',
    fix: 'Add machineClients to Identity.cognito(): no certificate can name the client of the sign-in page.',
  });
}

import { createHash } from 'node:crypto';

/** Names and ids that CloudFormation generates. Here they derive from stack and logical id, so a restart keeps them. */
export interface NameSource {
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** Names that CloudFormation has generated, by logical id. @default - the stack is not deployed */
  readonly deployed?: Readonly<Record<string, string>>;
}

/** A stable id of lower-case letters and digits, at most 40 characters, starting with a letter. */
export function stableId(names: NameSource, logicalId: string, length: number): string {
  const seed = `${names.account}/${names.region}/${names.stackName}/${logicalId}`;
  const digest = createHash('sha256').update(seed).digest();
  const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
  let id = '';
  for (const byte of Buffer.concat([digest, createHash('sha256').update(digest).digest()])) {
    if (id.length === length) break;
    id += alphabet[id === '' ? byte % 26 : byte % 36];
  }
  return id;
}

/** `<stack>-<logical id>-<12 characters>`, as CloudFormation names a resource without a name, cut to `limit` characters. */
export function physicalName(names: NameSource, logicalId: string, limit = 64): string {
  const deployed = names.deployed?.[logicalId];
  if (deployed !== undefined) return deployed;
  const suffix = stableId(names, logicalId, 12).toUpperCase();
  const stem = `${names.stackName}-${logicalId}`.slice(0, limit - suffix.length - 1);
  return `${stem}-${suffix}`;
}

/** A stable UUID, such as the key id of a KMS key. */
export function stableUuid(names: NameSource, logicalId: string): string {
  const hex = createHash('sha256').update(`uuid/${names.stackName}/${logicalId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** `arn:<partition>:<service>:<region>:<account>:<rest>`. */
export function arn(names: NameSource, service: string, rest: string): string {
  return `arn:${names.partition}:${service}:${names.region}:${names.account}:${rest}`;
}

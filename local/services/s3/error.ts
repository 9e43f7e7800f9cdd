import type { SignatureFault, SignatureRejected } from '../signature.ts';

/** The error codes of this S3 and their statuses. @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const STATUSES = {
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  BadDigest: 400,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  IncorrectNumberOfFilesInPostRequest: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidPolicyDocument: 400,
  InvalidTag: 400,
  KeyTooLongError: 400,
  MalformedPOSTRequest: 400,
  MalformedXML: 400,
  MaxPostPreDataLengthExceeded: 400,
  MethodNotAllowed: 405,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  XAmzContentSHA256Mismatch: 400,
} as const;

/** A request that S3 rejects. */
export class S3Error extends Error {
  readonly code: keyof typeof STATUSES;
  readonly status: number;

  constructor(code: keyof typeof STATUSES, message: string) {
    super(message);
    this.name = 'S3Error';
    this.code = code;
    this.status = STATUSES[code];
  }
}

const SIGNATURE_CODES: Readonly<Record<SignatureFault, keyof typeof STATUSES>> = {
  missing: 'AccessDenied',
  incomplete: 'AccessDenied',
  'key-unknown': 'InvalidAccessKeyId',
  'scope-wrong': 'AuthorizationHeaderMalformed',
  'time-wrong': 'RequestTimeTooSkewed',
  expired: 'AccessDenied',
  mismatch: 'SignatureDoesNotMatch',
};

/** The error for a rejected signature. */
export function signatureError({ fault, message }: SignatureRejected): S3Error {
  return new S3Error(SIGNATURE_CODES[fault], message);
}

/** The body of an error response. */
export function errorXml({ code, message }: S3Error, resource: string, requestId: string): string {
  const members = { Code: code, Message: message, Resource: resource, RequestId: requestId };
  return xml('Error', members);
}

/** A document of one level. */
export function xml(root: string, members: Readonly<Record<string, string>>): string {
  const inner = Object.entries(members).map(([name, value]) => `<${name}>${escaped(value)}</${name}>`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${inner.join('')}</${root}>`;
}

/** Text inside of an element; characters that XML cannot hold become the replacement character. */
export function escaped(text: string): string {
  const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[^\P{Cc}\t\n\r]/gu, '\ufffd').replaceAll(/[&<>"]/g, (sign) => signs[sign] ?? sign);
}

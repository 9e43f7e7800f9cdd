/** What is wrong with a file. */
export interface FileFault {
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

/** A certificate as it stands in the file. */
export interface PemBlock {
  readonly pem: string;
  /** Of its first line, from 1. */
  readonly line: number;
}

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** CloudFront takes a hyphen for the beginning of a block. */
const COMMENT = /^#[^-\r]*$/;
const EXPECTED = 'certificates in PEM, and comments that begin with # and have no hyphen';

/**
 * The certificates of a file: blocks of `CERTIFICATE`, with comments and blank lines between them, and nothing else. `hasBlankLines` is
 * whether blank lines are allowed between certificates.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/trust-stores-certificate-management.html
 */
export function certificatesIn(bytes: Uint8Array, hasBlankLines: boolean): readonly PemBlock[] | FileFault {
  const odd = bytes.findIndex((byte) => (byte < 0x20 || byte > 0x7e) && byte !== 0x0a && byte !== 0x0d);
  if (odd >= 0) return oddByte(bytes, odd);
  const lines = Buffer.from(bytes).toString('latin1').split(/\r?\n/);
  const lastOne = lines.lastIndexOf(END);
  const blocks: PemBlock[] = [];
  let open: { readonly line: number; readonly body: string[] } | undefined;
  for (const [i, text] of lines.entries()) {
    if (open !== undefined) {
      if (text === END) {
        blocks.push({ pem: [BEGIN, ...open.body, END].join('\n'), line: open.line });
        open = undefined;
      } else if (BASE64.test(text)) open.body.push(text);
      else return wrongLine(i, text);
    } else if (text === BEGIN) open = { line: i + 1, body: [] };
    else if (text === '' && (hasBlankLines || blocks.length === 0 || i > lastOne)) continue;
    else if (!COMMENT.test(text)) return wrongLine(i, text);
  }
  if (open === undefined) return blocks;
  const fix = 'The file is cut off: export the certificate again from the CA.';
  return { found: `a certificate without end from line ${open.line} on`, expected: EXPECTED, fix };
}

function oddByte(bytes: Uint8Array, at: number): FileFault {
  const line = bytes.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;
  const found = `the byte 0x${(bytes[at] ?? 0).toString(16).padStart(2, '0')} in line ${line}`;
  return {
    found,
    expected: `${EXPECTED}, in ASCII`,
    fix: 'Save the file as plain text, without a byte order mark and tabs.',
  };
}

/** What stands in files beside certificates, and what it is for. */
const OTHERS: readonly (readonly [RegExp, found: string, fix: string])[] = [
  [
    /PRIVATE KEY-----$/,
    'a private key',
    'Take the key out of the file: everybody who can deploy the stack could sign certificates with it.',
  ],
  [
    / CRL-----$/,
    'a revocation list',
    'Remove it: lists are published with secure-api certs crl, where the prop revocation is true.',
  ],
  [/^-----BEGIN /, 'another block', 'Remove it, or export the certificate as CERTIFICATE.'],
];

function wrongLine(i: number, text: string): FileFault {
  const line = i + 1;
  const other = OTHERS.find(([form]) => form.test(text));
  if (other !== undefined) return { found: `${other[1]} in line ${line}`, expected: EXPECTED, fix: other[2] };
  // The text is not shown: it can be a part of a key.
  const what = text === '' ? 'a blank line' : 'text';
  return { found: `${what} in line ${line}`, expected: EXPECTED, fix: 'Remove the line, or make it a comment.' };
}

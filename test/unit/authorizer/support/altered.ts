/** A token with its signature changed in one bit, cut, longer, or empty of ones; with another payload; and as it is. */
export function altered(compact: string): readonly string[] {
  const [header = '', payload = '', signature = ''] = compact.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const flipped = [0, bytes.length >> 1, bytes.length - 1].map((at) => {
    return Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)));
  });
  const half = bytes.length / 2;
  const others = [
    // Libraries differ about a signature of RSASSA-PSS without its leading zero.
    ...(bytes[0] === 0 ? [] : [bytes.subarray(1)]),
    bytes.subarray(0, -1),
    Buffer.concat([bytes, bytes.subarray(0, 1)]),
    Buffer.concat([Buffer.alloc(1), bytes]),
    Buffer.alloc(bytes.length),
    Buffer.alloc(bytes.length, 255),
    Buffer.concat([bytes.subarray(half), bytes.subarray(0, half)]),
  ];
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'another' })).toString('base64url');
  return [
    compact,
    `${header}.${changed}.${signature}`,
    ...[...flipped, ...others].map((one) => `${header}.${payload}.${one.toString('base64url')}`),
  ];
}

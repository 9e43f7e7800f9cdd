import { randomUUID } from 'node:crypto';

/**
 * Random hexadecimal digits for the ids of requests and traces, of a UUID: Node.js takes the bytes of many of these at once, and each request
 * needs several ids.
 */
export function randomHex(digits: 16 | 24): string {
  const uuid = randomUUID();
  // Without the digits of version and variant, which are not random.
  const last = uuid.slice(9, 13) + uuid.slice(24);
  return digits === 16 ? last : uuid.slice(0, 8) + last;
}

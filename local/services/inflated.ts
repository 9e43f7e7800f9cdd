import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** A body that is larger than its limit once it is inflated. */
export class BodyTooLarge extends Error {}
/** A body in an encoding that is not read here, or damaged. */
export class BodyUnreadable extends Error {}

const inflate = promisify(gunzip);

/**
 * The body as it was before it was compressed. SDKs compress large ones of some operations, such as PutMetricData. The signature is that of
 * the compressed bytes.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-compression.html
 * @throws {BodyTooLarge} as soon as it exceeds the limit: a small body can become a large one
 * @throws {BodyUnreadable}
 */
export async function inflated(body: Buffer, encoding: string | undefined, limit: number): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip')
    throw new BodyUnreadable(`The content encoding ${JSON.stringify(encoding)} is not read here.`);
  try {
    return await inflate(body, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new BodyTooLarge(`The body has more than ${limit} bytes once it is inflated.`);
    throw new BodyUnreadable('The body is not in the encoding gzip.');
  }
}

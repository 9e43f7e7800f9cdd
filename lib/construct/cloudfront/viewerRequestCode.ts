import { readFileSync } from 'node:fs';

const SOURCE = new URL('./viewerRequest.js', import.meta.url);

/**
 * The code of the function for viewer requests.
 *
 * @param hasCertificates whether viewers present certificates, about which CloudFront adds headers.
 */
export function viewerRequestCode(hasCertificates: boolean): string {
  const source = readFileSync(SOURCE, 'utf8');
  return source.replace('const HAS_CERTIFICATES = false;', `const HAS_CERTIFICATES = ${hasCertificates};`);
}

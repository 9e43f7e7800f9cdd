/**
 * Headers between CloudFront and the API, in lower case. The web ACL accepts only requests that came through the distribution. Its function
 * replaces the first two; CloudFront replaces those about certificates, where it checks certificates.
 */

/** Proves that a request came through the distribution: the secret that the web ACL compares. */
export const ORIGIN_HEADER = 'x-secure-api-origin';

/**
 * Address of the client, such as `192.0.2.7`, from the event of the function (`viewer.ip`).
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 */
export const VIEWER_ADDRESS = 'x-secure-api-address';

/**
 * `1` where the client has presented a certificate, else `0`.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/viewer-mtls-headers.html
 */
export const VIEWER_CERT_PRESENT = 'cloudfront-viewer-cert-present';

/** The client's certificate in PEM, URL-encoded. */
export const VIEWER_CERT_PEM = 'cloudfront-viewer-cert-pem';

/** The key of the KeyValueStore whose value is in {@link ORIGIN_HEADER}. */
export const ORIGIN_KEY = 'origin';

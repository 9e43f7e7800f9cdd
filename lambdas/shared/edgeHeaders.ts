/**
 * Headers between CloudFront and the API, in lower case. A client that sends them has no effect: the web ACL accepts only requests that came
 * through the distribution, whose function replaces or removes them.
 */

/** Proves that a request came through the distribution: the secret that the web ACL compares. */
export const ORIGIN_HEADER = 'x-secure-api-origin';

/**
 * Address and port of the client, such as `192.0.2.7:46532`.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html
 */
export const VIEWER_ADDRESS = 'cloudfront-viewer-address';

/**
 * `1` where the client has presented a certificate.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/viewer-mtls-headers.html
 */
export const VIEWER_CERT_PRESENT = 'cloudfront-viewer-cert-present';

/** The client's certificate in PEM, URL-encoded. */
export const VIEWER_CERT_PEM = 'cloudfront-viewer-cert-pem';

/** The key of the KeyValueStore whose value is in {@link ORIGIN_HEADER}. */
export const ORIGIN_KEY = 'origin';

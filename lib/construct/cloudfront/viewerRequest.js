// CloudFront Function (cloudfront-js-2.0) for viewer requests. It runs as it is: no bundler, no package.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
import cf from 'cloudfront';

// The construct sets it where viewers present certificates.
const HAS_CERTIFICATES = false;
const CERTIFICATE = 'cloudfront-viewer-cert-';
const store = cf.kvs();

// Adds the secret that the web ACL of the API compares and the address of the viewer, in place of what the viewer sends under these names, and
// removes headers about certificates that CloudFront has not checked.
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it.
async function handler(event) {
  const request = event.request;
  let secret;
  try {
    secret = await store.get('origin');
  } catch (_missing) {
    // Right after the first deployment. The API would reject the request anyway.
    return unavailable();
  }
  Object.keys(request.headers).forEach((name) => {
    if (name.startsWith('cloudfront-') && !isFromCloudFront(name, request.headers)) delete request.headers[name];
  });
  request.headers['x-secure-api-address'] = { value: event.viewer.ip };
  request.headers['x-secure-api-origin'] = { value: secret };
  return request;
}

// CloudFront adds its headers before or after the function, and hides some of them. So the authorizer checks the presence again.
function isFromCloudFront(name, headers) {
  if (!HAS_CERTIFICATES || !name.startsWith(CERTIFICATE) || headers[name].multiValue !== undefined) return false;
  const present = headers['cloudfront-viewer-cert-present'];
  return present !== undefined && present.value === '1';
}

function unavailable() {
  return {
    statusCode: 503,
    statusDescription: 'Service Unavailable',
    headers: {
      'content-type': { value: 'application/problem+json' },
      'cache-control': { value: 'no-store' },
      'retry-after': { value: '60' },
    },
    body: JSON.stringify({ title: 'Service unavailable', status: 503, code: 'service-unavailable' }),
  };
}

// CloudFront Function (cloudfront-js-2.0) for viewer requests. It runs as it is: no bundler, no package.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
import cf from 'cloudfront';

// The construct sets it where viewers present certificates.
const HAS_CERTIFICATES = false;
const ADDRESS = 'cloudfront-viewer-address';
const CERTIFICATE = 'cloudfront-viewer-cert-';
const store = cf.kvs();

// Puts the secret into the request that the web ACL of the API compares, and removes what only CloudFront should say.
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
    if (name.startsWith('cloudfront-') && !isFromCloudFront(name, event)) delete request.headers[name];
  });
  request.headers['x-secure-api-origin'] = { value: secret };
  return request;
}

// CloudFront adds its headers before or after the function. In both cases what differs from the connection is the client's.
function isFromCloudFront(name, event) {
  const headers = event.request.headers;
  if (headers[name].multiValue !== undefined) return false;
  if (name === ADDRESS) return addressOf(headers[name].value) === event.viewer.ip;
  if (!name.startsWith(CERTIFICATE) || !HAS_CERTIFICATES) return false;
  const present = headers['cloudfront-viewer-cert-present'];
  return present !== undefined && present.value === '1';
}

function addressOf(value) {
  return value.slice(0, value.lastIndexOf(':')).replace('[', '').replace(']', '');
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

// CloudFront connection function (cloudfront-js-2.0): runs in the handshake, after CloudFront has verified the client's certificate.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/write-connection-function-code.html
import cf from 'cloudfront';

const store = cf.kvs();

// Denies revoked certificates, and those of which it cannot know.
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it.
async function connectionHandler(connection) {
  const serial = serialOf(connection.clientCertInfo);
  let isAccepted = false;
  try {
    isAccepted = serial !== '' && !(await store.exists(serial));
  } catch (_unreadable) {
    // The store did not respond.
  }
  return isAccepted ? connection.allow() : connection.deny();
}

// Upper-case hexadecimal without separators and leading zeros, as in the store. Empty for what is no serial number.
function serialOf(certificate) {
  const written = certificate === undefined ? '' : String(certificate.serialNumber).replace(/:/g, '');
  return /^[0-9A-Fa-f]+$/.test(written) ? written.toUpperCase().replace(/^0+(?=.)/, '') : '';
}

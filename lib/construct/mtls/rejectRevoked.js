// CloudFront connection function (cloudfront-js-2.0): runs in the handshake, after CloudFront has verified the client's certificate.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/write-connection-function-code.html
import cf from 'cloudfront';

// The construct sets it where a certificate is optional. CloudFront runs the function there without one, too:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/mtls-validation-modes.html
const IS_OPTIONAL = false;
const store = cf.kvs();

// Denies revoked certificates, and those of which it cannot know.
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it.
async function connectionHandler(connection) {
  if (IS_OPTIONAL && isWithout(connection.clientCertInfo)) return connection.allow();
  const serial = serialOf(connection.clientCertInfo);
  let isAccepted = false;
  try {
    isAccepted = serial !== '' && !(await store.exists(serial));
  } catch (_unreadable) {
    // The store did not respond.
  }
  return isAccepted ? connection.allow() : connection.deny();
}

// Nothing documents whether the object is missing or empty then.
function isWithout(certificate) {
  return !certificate || Object.keys(certificate).every((name) => !certificate[name]);
}

// Upper-case hexadecimal without separators and leading zeros, as in the store. Empty for what is no serial number.
function serialOf(certificate) {
  const written = !certificate ? '' : String(certificate.serialNumber).replace(/:/g, '');
  return /^[0-9A-Fa-f]+$/.test(written) ? written.toUpperCase().replace(/^0+(?=.)/, '') : '';
}

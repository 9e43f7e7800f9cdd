/**
 * Names that nobody has a public certificate for, by their endings. The documentation names `example.com`, `example.net` and `example.org` are
 * special, too, but delegated: templates and documents use them.
 * https://www.iana.org/assignments/special-use-domain-names and, for home networks and companies, RFC 6762, appendix G.
 */
const SPECIAL_USE = [
  ...['alt', 'arpa', 'example', 'internal', 'invalid', 'local', 'localhost', 'onion', 'test'],
  ...['corp', 'home', 'intranet', 'lan', 'mail', 'private'],
];

/**
 * Names that AWS gives to resources. Their DNS and certificates are those of AWS, and CAA records forbid others to issue.
 * https://publicsuffix.org/list/ has them under Amazon; `on.aws` and `api.aws` are below `aws`.
 */
const AWS = [
  ...['amazon', 'amazon.com', 'amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu', 'aws', 'aws.dev'],
  ...['amazoncognito.com', 'amplifyapp.com', 'awsapprunner.com', 'awsapps.com', 'awsglobalaccelerator.com'],
  ...['cloudfront.cn', 'cloudfront.net', 'elasticbeanstalk.com', 'elasticbeanstalk.com.cn'],
];

/** Why a name can have no public certificate of yours; undefined where nothing is known against it. */
export function notYours(name: string): string | undefined {
  const isBelow = (ending: string) => name === ending || name.endsWith(`.${ending}`);
  const special = SPECIAL_USE.find(isBelow);
  if (special !== undefined) return `a name below ${special}, for which no public certificates exist`;
  const aws = AWS.find(isBelow);
  return aws === undefined ? undefined : `a name below ${aws}, which belongs to AWS`;
}

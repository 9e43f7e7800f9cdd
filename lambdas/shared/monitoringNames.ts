/** Names in AWS that the construct gives and commands look for. */

/** Namespace of the metrics that metric filters count in the access log. */
export const ACCESS_LOG_NAMESPACE = 'SecureApi/AccessLog';

/** WAF accepts only log groups whose names begin so: https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html */
export const WEB_ACL_LOG_PREFIX = 'aws-waf-logs-';

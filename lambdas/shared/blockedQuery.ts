/** What a web ACL blocked, as a query of Logs Insights; a rule inside a managed group is shown by its label. */
export const BLOCKED_QUERY = {
  filterStatements: ['action = "BLOCK"'],
  statsStatements: [
    'count(*) as requests by terminatingRuleId, labels.0.name, httpRequest.clientIp, httpRequest.httpMethod, httpRequest.uri',
  ],
  sort: 'requests desc',
  limit: 50,
};

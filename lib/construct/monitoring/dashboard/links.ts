import { Stack } from 'aws-cdk-lib';
import { QueryString } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { insightsText } from '../../../../lambdas/shared/console.ts';
import { runbookUrl } from '../alarmDescription.ts';
import { kebabCase } from '../alarmSpec.ts';
import { consoleOf } from '../console.ts';
import type { SavedQuery } from '../queries.ts';

/** A link in Markdown. */
function link(text: string, url: string): string {
  return `[${text}](${url})`;
}

/** A link to the runbook of an alarm. */
export function runbookLink(runbooks: string, family: string): string {
  return link(kebabCase(family), runbookUrl({ runbooks }, family));
}

/** A link that opens the text of a saved query in Logs Insights, for the last three hours. */
export function queryLink(scope: Construct, { name, statements, logGroups }: SavedQuery): string {
  const { region } = Stack.of(scope);
  const groups = logGroups.map(({ logGroupName }) => `~'${logGroupName}`).join('');
  const detail = `~(end~0~start~-10800~timeType~'RELATIVE~unit~'seconds~editorString~'${insightsText(new QueryString(statements).toString())}~source~(${groups}))`;
  return link(
    name,
    `${consoleOf(scope)}/cloudwatch/home?region=${region}#logsV2:logs-insights$3FqueryDetail$3D${encoded(detail)}`,
  );
}

/**
 * The console encodes what has a meaning in its notation twice, so that no parenthesis and no quote ends a link in Markdown. Names of
 * log groups are tokens, in names that CloudFormation makes of letters, digits and `-`, which need no encoding.
 */
function encoded(notation: string): string {
  return notation.replaceAll('~', '$257E').replaceAll('(', '$2528').replaceAll(')', '$2529').replaceAll("'", '$2527');
}

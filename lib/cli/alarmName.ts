/** The name at the end of the ARN of an alarm; a name stays as it is. */
export function alarmNameOf(nameOrArn: string): string {
  return nameOrArn.replace(/^arn:.*?:alarm:/, '');
}

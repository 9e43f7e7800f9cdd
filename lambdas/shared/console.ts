/**
 * Host of the AWS console: each partition has its own.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/rande.html
 */
export function consoleHost(region: string): string {
  if (region.startsWith('cn-')) return 'console.amazonaws.cn';
  return region.startsWith('us-gov-') ? 'console.amazonaws-us-gov.com' : 'console.aws.amazon.com';
}

/** Text in a link to Logs Insights: each byte that is no letter, digit, `-`, `_` or `.` is `*` and two hexadecimal digits. */
export function insightsText(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[\w.-]/.test(character) ? character : `*${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

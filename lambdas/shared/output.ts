/** What can be written to a stream: whole lines, each with its line break. */
type Stream = Pick<NodeJS.WriteStream, 'write' | 'listenerCount' | 'on'>;

/**
 * Writes lines in one call, because each call of the system costs more than a line. Lambda reads the stream line by line. It never throws, and a
 * stream that is closed ends no function: a response is worth more than a log entry.
 */
export function writeLines(stream: Stream, lines: string): void {
  if (lines === '') return;
  try {
    if (stream.listenerCount('error') === 0) stream.on('error', () => undefined);
    stream.write(lines);
  } catch {
    // Nothing is left to report it with.
  }
}

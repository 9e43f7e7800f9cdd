/** 128 and the number of SIGPIPE: what a shell reports for a program whose output nobody reads any more. */
export const OUTPUT_CLOSED = 141;

/** What a write fails with when its reader has gone: a pipe, a terminal, a socket, and a pipe of Windows. */
const READER_GONE: readonly (string | undefined)[] = ['EPIPE', 'EIO', 'ECONNRESET', 'EOF'];

/**
 * Ends the process when its output cannot be written. Node.js ignores SIGPIPE, so without this a command in `… | head -1` ends with the stack
 * of an error that nobody handles. A command that handles SIGTERM closes its resources first, then exits.
 *
 * @param end ends the process with an exit code
 * @param failed reports another error, such as a full disk, and ends the process
 */
export function endWithReaders(end: (code: number) => void, failed: (error: Error) => void): void {
  let isClosed = false;
  const onError = (error: NodeJS.ErrnoException) => {
    if (!READER_GONE.includes(error.code)) return failed(error);
    if (isClosed) return;
    isClosed = true;
    process.exitCode = OUTPUT_CLOSED;
    if (!process.emit('SIGTERM', 'SIGTERM')) end(OUTPUT_CLOSED);
  };
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onError);
}

/** Cuts a stream of text into lines. */
export interface LineSplitter {
  push(text: string): void;
  /** Gives what stands after the last line break as a line of its own. */
  flush(): void;
}

/** Calls `onLine` for each whole line, without its line break; empty lines are dropped, as a log event cannot be empty. */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  let rest = '';
  const emit = (line: string): void => {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text !== '') onLine(text);
  };
  return {
    push(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) emit(line);
    },
    flush() {
      emit(rest);
      rest = '';
    },
  };
}

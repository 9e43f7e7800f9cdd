import { HttpProblem, type ProblemCode } from '../problem.ts';

/** The faults of a file, by the problem in the response. */
const DETAILS = {
  'upload-name-rejected': 'A file has no name.',
  'unsupported-media-type': 'A file is of a type that this route does not accept.',
  'upload-content-mismatch': 'A file is not what its name and its type say.',
  'upload-content-dangerous': 'A file has more in it than its type allows, which could be harmful.',
} as const satisfies Partial<Record<ProblemCode, string>>;

/** The problems that one file can cause. */
type FileProblem = keyof typeof DETAILS;

/** One file is rejected. `message` continues "the file …"; it contains nothing of the file. */
export class FileRejected extends Error {
  readonly problem: FileProblem;
  /** Stable code of the fault, in kebab-case. */
  readonly reason: string;

  constructor(problem: FileProblem, reason: string, message: string) {
    super(message);
    this.name = 'FileRejected';
    this.problem = problem;
    this.reason = reason;
  }

  /** The problem, with the location of the file in the request (RFC 6901). */
  at(pointer: string): HttpProblem {
    const fault = { pointer, code: this.reason, message: this.message };
    return new HttpProblem(this.problem, DETAILS[this.problem], [fault]);
  }
}

/** What a file of its type must be, by the code of the fault. */
const RULES = {
  checksum: 'must have the checksums of its content',
  'compressed-data': 'must have compressed data that is complete, with nothing behind it',
  'control-characters': 'must have no control characters',
  'cut-off': 'must be complete',
  empty: 'must not be empty',
  'name-ending': 'must have the ending of its type',
  'no-size': 'must have a width and a height',
  'not-utf-8': 'must be UTF-8',
  pixels: 'must have the data of its pixels, and no other data',
  signature: 'must be of the type that it declares',
  structure: 'must consist of the parts of its format',
} as const;

/** The bytes are not a complete file of the declared type. */
export function mismatch(reason: keyof typeof RULES): FileRejected {
  return new FileRejected('upload-content-mismatch', reason, RULES[reason]);
}

/** The bytes are of the declared type, but contain more. */
export function dangerous(reason: string, message: string): FileRejected {
  return new FileRejected('upload-content-dangerous', reason, message);
}

/** Bytes after the end, which readers of another format could read. */
export function trailing(): FileRejected {
  return dangerous('trailing-data', 'must end where its format ends');
}

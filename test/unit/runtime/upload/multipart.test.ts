import { describe, expect, it } from 'vitest';
import { HttpProblem } from '../../../../lambdas/runtime/problem.ts';
import { formFiles } from '../../../../lambdas/runtime/upload/multipart.ts';
import { uploadRules } from '../../../../lib/definition/upload.ts';

const rules = uploadRules({ field: 'file', maxBytes: 100, maxFiles: 2, types: { 'text/plain': ['.txt'] } });
const TYPE = 'multipart/form-data; boundary=B';
const DISPOSITION = 'Content-Disposition: form-data; name="file"; filename="a.txt"';
const FOUR = [DISPOSITION, 'Content-Length: 4', 'Content-Transfer-Encoding: 8bit', 'Content-Type: image/png'];
const part = (...lines: readonly string[]) => ['--B', ...lines, '', 'text', ''].join('\r\n');
const outcomeOf = (body: string | Buffer, contentType = TYPE) => {
  try {
    return formFiles(Buffer.from(body), contentType, rules).map(({ name, type, bytes }) => [name, type, `${bytes}`]);
  } catch (error) {
    if (error instanceof HttpProblem) return error.code;
    throw error;
  }
};
const head = (...lines: readonly string[]) => outcomeOf(`${part(...lines)}--B--\r\n`);
const named = (parameters: string) => head(`Content-Disposition: form-data; name="file"; ${parameters}`);
const nameOf = (parameters: string) => {
  const outcome = named(parameters);
  return typeof outcome === 'string' ? outcome : outcome[0]?.[0];
};

describe('a form of an encoder in use is read', () => {
  it.each<[string, readonly string[], string, string]>([
    ['of browsers, curl, undici and Python', [DISPOSITION, 'Content-Type: image/png'], 'a.txt', 'image/png'],
    ['of Go and Rust, whose type is text', [DISPOSITION, 'Content-Type: text/csv; charset=utf-8'], 'a.txt', 'text/csv'],
    ['without a type, which is text', [DISPOSITION], 'a.txt', 'text/plain'],
    [
      'of .NET',
      ['Content-Type: Image/PNG', "Content-Disposition: form-data; name=file; filename=a.txt; filename*=utf-8''a.txt"],
      'a.txt',
      'image/png',
    ],
    [
      'of .NET, beyond ASCII',
      [
        'Content-Type: image/png',
        `Content-Disposition: form-data; name=file; filename="=?utf-8?B?w7wudHh0?="; filename*=utf-8''%C3%BC.txt`,
      ],
      'ü.txt',
      'image/png',
    ],
    [
      'of older versions of Python',
      [`Content-Disposition: form-data; name="file"; filename*=utf-8''%C3%BC.txt`],
      'ü.txt',
      'text/plain',
    ],
    ['of OkHttp', [DISPOSITION, 'Content-Type: image/png', 'Content-Length: 4'], 'a.txt', 'image/png'],
    [
      'of Apache HttpClient',
      [DISPOSITION, 'Content-Type: text/plain; charset=UTF-8', 'Content-Transfer-Encoding: binary'],
      'a.txt',
      'text/plain',
    ],
    ['with all headers', FOUR, 'a.txt', 'image/png'],
    ['in small letters', ['content-disposition: form-data; name="file"; filename="a.txt"'], 'a.txt', 'text/plain'],
  ])('%s', (_, lines, name, type) => {
    expect(head(...lines)).toEqual([[name, type, 'text']]);
  });

  it.each([
    ['filename="ü 写真.txt"', 'ü 写真.txt'],
    ['filename="a\\"b\\\\c"', 'a"b\\c'],
    ['filename="..\\..\\a.txt"', '..\\..\\a.txt'],
    ['filename="a%22;b"', 'a%22;b'],
    ['filename=""', ''],
    ['filename=a-b_c.d+e', 'a-b_c.d+e'],
    ["filename*=UTF-8''a!#$&+^`|~-.%20b", 'a!#$&+^`|~-. b'],
  ])('with %s', (parameters, name) => {
    expect(nameOf(parameters)).toBe(name);
  });

  it.each([
    TYPE,
    'Multipart/Form-Data;boundary="B"',
    'multipart/form-data ; charset=utf-8; boundary=B',
    'multipart/form-data; boundary=B ; charset="UTF-8"',
  ])('declared as %s', (type) => {
    expect(outcomeOf(`${part(DISPOSITION)}--B--`, type)).toHaveLength(1);
  });

  it('with several files, in their order, each to its last byte', () => {
    const bytes = Buffer.from(Array.from({ length: 100 }, (_, i) => (i * 41) & 255));
    const body = Buffer.concat([
      Buffer.from(`${part(DISPOSITION)}--B\r\n${DISPOSITION}\r\n\r\n`),
      bytes,
      Buffer.from('\r\n--B--\r\n'),
    ]);
    const files = formFiles(body, TYPE, rules);
    expect(files.map((file) => file.bytes)).toEqual([Buffer.from('text'), bytes]);
    expect(outcomeOf(`--B\r\n${DISPOSITION}\r\n\r\n\r\n--B--`)).toEqual([['a.txt', 'text/plain', '']]);
  });
});

describe('a form that another reader could read differently is malformed', () => {
  it.each([
    'filename="a.txt"; filename*=utf-8\'\'b.txt',
    'filename*=utf-8\'\'b.txt; filename="a.txt"',
    'filename="a.txt"; filename="b.txt"',
    'filename="a.txt"; name="file"',
    'filename="a.txt"; name*=utf-8\'\'file',
    "filename*=utf-8''a; filename*=utf-8''a",
    'filename*0=a; filename*1=b',
    "filename*=iso-8859-1''a",
    "filename*=utf-8'en'a",
    "filename*=utf-8''%C3",
    "filename*=utf-8''%",
    "filename*=utf-8''a%2",
    'filename="a\\"',
    'filename="a"b"',
    'filename="a',
    'filename=a b',
    'filename="a\0.txt"',
    'filename="a\x7f"',
    'filename="a\u0085"',
    'filename="a"; size=4',
    'filename="a";',
  ])('with the parameters %j', (parameters) => {
    expect(named(parameters)).toBe('upload-malformed');
  });

  it.each<[string, readonly string[]]>([
    ['two dispositions', [DISPOSITION, DISPOSITION]],
    ['two types', [DISPOSITION, 'Content-Type: text/plain', 'Content-Type: text/html']],
    ['two types, one in small letters', [DISPOSITION, 'Content-Type: text/plain', 'content-type: text/html']],
    ['two encodings', [DISPOSITION, 'Content-Transfer-Encoding: 7bit', 'Content-Transfer-Encoding: base64']],
    ['an encoding', [DISPOSITION, 'Content-Transfer-Encoding: base64']],
    ['another charset', [DISPOSITION, 'Content-Type: text/plain; charset=utf-16']],
    ['a type of types', [DISPOSITION, 'Content-Type: multipart/mixed; boundary=C']],
    ['an empty type', [DISPOSITION, 'Content-Type: ']],
    ['another length', [DISPOSITION, 'Content-Length: 3']],
    ['another header', [DISPOSITION, 'X-Name: b.txt']],
    ['a folded line', [DISPOSITION, ' ; filename="b.txt"']],
    ['a folded name', ['Content-Disposition: form-data; name="file"; filename="a', 'Content-Type: text/plain"']],
    ['a line feed alone', [`${DISPOSITION}\nContent-Type: text/html`]],
    ['a carriage return alone', [`${DISPOSITION}\rContent-Type: text/html`]],
    ['a space before the colon', ['Content-Disposition : form-data; name="file"; filename="a.txt"']],
    ['a letter that only ignoring case makes one', ['Content-Di\u017fposition: form-data; name="file"; filename="a"']],
    ['another disposition', ['Content-Disposition: attachment; name="file"; filename="a.txt"']],
    ['no disposition', ['Content-Type: text/plain']],
    ['no headers', []],
    ['a control character beside a good line', [DISPOSITION.replace('a.txt', 'a\x01'), 'Content-Type: text/plain']],
    ['one header more than four', [...FOUR, 'Content-Type: text/plain']],
    ['many headers', Array(100).fill(DISPOSITION)],
  ])('with %s', (_, lines) => {
    expect(head(...lines)).toBe('upload-malformed');
  });

  it.each([
    ['a preamble', `\r\n${part(DISPOSITION)}--B--\r\n`],
    ['another preamble', `x\r\n${part(DISPOSITION)}--B--\r\n`],
    ['an epilogue', `${part(DISPOSITION)}--B--\r\nx`],
    ['a second end', `${part(DISPOSITION)}--B--\r\n--B--\r\n`],
    ['two line ends after it', `${part(DISPOSITION)}--B--\r\n\r\n`],
    ['other bytes instead of its first boundary', `xxx${part(DISPOSITION).slice(3)}--B--`],
    ['other bytes instead of a line end', `--Bxx${part(DISPOSITION).slice(5)}--B--`],
    ['junk at its end', `${part(DISPOSITION)}--B--x`],
    ['junk between its parts', `${part(DISPOSITION)}--Bx${part(DISPOSITION)}--B--`],
    ['a space behind a boundary', `${part(DISPOSITION).replace('--B', '--B ')}--B--`],
    ['half an end', `${part(DISPOSITION)}--B-`],
    ['no end', part(DISPOSITION)],
    ['line feeds alone', `${part(DISPOSITION)}--B--`.replaceAll('\r\n', '\n')],
    ['a part that is empty', '--B\r\n--B--'],
    ['a part of headers only', `--B\r\n${DISPOSITION}\r\n--B--`],
    ['nothing', ''],
  ])('with %s', (_, body) => {
    expect(outcomeOf(body)).toBe('upload-malformed');
  });

  it.each([
    'multipart/form-data',
    `${TYPE}; boundary=C`,
    `multipart/form-data; boundary=C; boundary=B`,
    `multipart/form-data; boundary*=utf-8''B`,
    `${TYPE}; charset=utf-16`,
    `${TYPE};`,
    'multipart/form-data; boundary="B',
    'multipart/form-data; boundary="B "',
    `multipart/form-data; boundary=${'B'.repeat(71)}`,
    'multipart/form-data; boundary=B\u00fc',
    'multipart/form-data; boundary=',
  ])('declared as %s', (type) => {
    expect(outcomeOf(`${part(DISPOSITION)}--B--`, type)).toBe('upload-malformed');
  });
});

describe('a form is rejected', () => {
  it.each([
    ['with another field', [DISPOSITION.replace('"file"', '"user[name]"')], 'upload-field-unexpected'],
    ['with a value', ['Content-Disposition: form-data; name="file"'], 'upload-field-unexpected'],
  ])('%s', (_, lines, code) => {
    expect(head(...lines)).toBe(code);
  });

  it('without files, with too many, or with one that is too large', () => {
    expect(outcomeOf('--B--\r\n')).toBe('upload-file-missing');
    expect(outcomeOf(`--B\r\n${DISPOSITION.replace('a.txt', '')}\r\n\r\n\r\n--B--`)).toBe('upload-file-missing');
    expect(outcomeOf(`${part(DISPOSITION).repeat(2)}--B--`)).toHaveLength(2);
    expect(outcomeOf(`${part(DISPOSITION).repeat(3)}--B--`)).toBe('upload-too-many-files');
    const sized = (length: number) => outcomeOf(`--B\r\n${DISPOSITION}\r\n\r\n${'x'.repeat(length)}\r\n--B--`);
    expect([sized(100).length, sized(101)]).toEqual([1, 'payload-too-large']);
  });
});

describe('the rejection of a form says what to change', () => {
  const detailOf = (body: string, { type = TYPE, maxFiles = 1 } = {}) => {
    try {
      return formFiles(Buffer.from(body), type, { ...rules, maxFiles });
    } catch (error) {
      return error instanceof HttpProblem ? error.detail : error;
    }
  };
  const HEADERS = 'A part has other headers than Content-Disposition and Content-Type, or one of them twice.';
  const one = part(DISPOSITION);

  it.each([
    ['', 'The form does not begin with its boundary.'],
    [one, 'The form is incomplete, or its boundary is inside a file.'],
    [`${one}--Bx`, 'The form is incomplete, or its boundary is inside a file.'],
    [`${one}--Bx\r\n--B--`, 'The form is incomplete, or its boundary is inside a file.'],
    ['--B\r\n\r\n--B--', HEADERS],
    [`${part(`${DISPOSITION}; filename*=utf-8''%C3`)}--B--`, 'A part has a name that is not UTF-8.'],
    [`${part(`${DISPOSITION}; filename*=utf-8''b`)}--B--`, 'A part has two names.'],
    [
      `${part('Content-Disposition: form-data; name="x"')}--B--`,
      'The form may have files in the field file, and nothing else.',
    ],
    ['--B--', 'Send a file in the field file.'],
    [`${one}${one}--B--`, 'The form may have at most 1 file.'],
    [`${one.replace('text', 'x'.repeat(101))}--B--`, 'A file may have at most 100 bytes.'],
  ])('%j', (body, detail) => {
    expect(detailOf(body)).toBe(detail);
  });

  it('of several files, or of no boundary', () => {
    expect(detailOf(`${one.repeat(3)}--B--`, { maxFiles: 2 })).toBe('The form may have at most 2 files.');
    expect(detailOf(one, { type: 'multipart/form-data' })).toBe('The Content-Type has no boundary.');
  });
});

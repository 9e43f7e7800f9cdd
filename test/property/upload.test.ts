import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HttpProblem } from '../../lambdas/runtime/index.ts';
import { fileName } from '../../lambdas/runtime/upload/fileName.ts';
import { readUpload } from '../../lambdas/runtime/upload/readUpload.ts';
import { UPLOAD_TYPES, type UploadType, uploadRules } from '../../lib/definition/upload.ts';
import { BOUNDARY, form, gif, jpeg, png, webp, zip } from '../support/files.ts';

const rules = uploadRules({ field: 'file', maxBytes: 100_000, maxFiles: 2, types: UPLOAD_TYPES });
/** Status of a rejection, 201 for accepted files; any other error would be a 500. */
async function statusOf(body: Buffer, contentType: string): Promise<number> {
  try {
    await readUpload(
      {
        resource: '/',
        httpMethod: 'POST',
        headers: { 'content-type': contentType },
        body: body.toString('base64'),
        isBase64Encoded: true,
        requestContext: {},
      },
      rules,
    );
    return 201;
  } catch (error) {
    if (error instanceof HttpProblem) return error.status;
    throw error;
  }
}

const samples: Readonly<Record<UploadType, Buffer>> = {
  'image/png': png(),
  'image/jpeg': jpeg(),
  'image/gif': gif(3, 3, 2),
  'image/webp': webp('VP8X'),
  'application/zip': zip([{ name: 'a.txt' }, { name: 'b/c.txt' }]),
  'text/plain': Buffer.from('Hello'),
  'text/csv': Buffer.from('a;b\n'),
};
const sample = fc.constantFrom(...(Object.keys(samples) as UploadType[]));
const REJECTIONS = [400, 413, 415, 422];

/** A form of fragments that mean something to a parser, in any order. */
const fragment = fc.oneof(
  fc.constantFrom(
    '\r\n',
    '\r',
    '\n',
    '--',
    `--${BOUNDARY}`,
    `\r\n--${BOUNDARY}`,
    `\r\n--${BOUNDARY}--`,
    ': ',
    ';',
    '"',
  ),
  fc.constantFrom(
    'Content-Disposition: form-data',
    '; name="file"',
    '; filename="a.png"',
    "; filename*=UTF-8''%00.png",
  ),
  fc.constantFrom('Content-Type: image/png', 'Content-Transfer-Encoding: binary', 'Content-Disposition: attachment'),
  fc.string({ maxLength: 8 }),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);

describe('no upload causes a server error', () => {
  it('whatever its bytes are', async () => {
    const body = fc.array(fragment, { maxLength: 24 }).map((parts) => Buffer.from(parts.join(''), 'latin1'));
    await fc.assert(
      fc.asyncProperty(body, async (bytes) => {
        expect(REJECTIONS).toContain(await statusOf(bytes, `multipart/form-data; boundary=${BOUNDARY}`));
      }),
      { numRuns: 20_000 },
    );
  });

  it('whatever its media type is', async () => {
    const type = fc.oneof(
      fc.string(),
      fc.string().map((text) => `multipart/form-data; boundary=${text}`),
    );
    await fc.assert(
      fc.asyncProperty(type, async (contentType) => {
        expect(REJECTIONS).toContain(await statusOf(form({ name: 'a.png', bytes: png() }).body, contentType));
      }),
      { numRuns: 3_000 },
    );
  });

  it('whatever is changed in a real file', async () => {
    const change = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 });
    const cut = fc.option(fc.nat(), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(sample, change, cut, async (type, changes, end) => {
        const bytes = Buffer.from(samples[type]);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const part = bytes.subarray(0, end === undefined ? undefined : end % bytes.length);
        const { body, headers } = form({ name: `a${UPLOAD_TYPES[type][0]}`, type, bytes: part });
        expect([201, ...REJECTIONS]).toContain(await statusOf(body, headers['content-type']));
      }),
      { numRuns: 20_000 },
    );
  });

  it('and a real file is always accepted', async () => {
    for (const [type, bytes] of Object.entries(samples)) {
      const { body, headers } = form({ name: `a${UPLOAD_TYPES[type as UploadType][0]}`, type, bytes });
      expect([type, await statusOf(body, headers['content-type'])]).toEqual([type, 201]);
    }
  });
});

describe('a file with other content inside is rejected', () => {
  it('of any two types', async () => {
    await fc.assert(
      fc.asyncProperty(sample, sample, async (claimed, real) => {
        const isString = (type: string) => type.startsWith('text/');
        fc.pre(claimed !== real && !(isString(claimed) && isString(real)));
        const { body, headers } = form({ name: `a${UPLOAD_TYPES[claimed][0]}`, type: claimed, bytes: samples[real] });
        expect(await statusOf(body, headers['content-type'])).toBe(422);
      }),
    );
  });

  it('when anything follows it', async () => {
    const images = fc.constantFrom<UploadType>('image/png', 'image/jpeg', 'image/gif', 'image/webp');
    await fc.assert(
      fc.asyncProperty(images, fc.uint8Array({ minLength: 1, maxLength: 40 }), async (type, behind) => {
        const bytes = Buffer.concat([samples[type], behind]);
        const { body, headers } = form({ name: `a${UPLOAD_TYPES[type][0]}`, type, bytes });
        expect(await statusOf(body, headers['content-type'])).toBe(422);
      }),
    );
  });
});

describe('an accepted file name', () => {
  it('is one visible path segment with one dot, for any input, and stays as it is', () => {
    const nasty = fc.constantFrom('/', '\\', '..', '\0', '\u202e', '.php', '.', ' ', 'CON', '%2e', '\u200d', ':', 'é');
    const given = fc
      .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 8 })
      .map((parts) => `${parts.join('')}.png`);
    fc.assert(
      fc.property(given, (name) => {
        const clean = fileName(name, 'image/png', rules.types).name;
        expect(clean).toMatch(/^[^/\\:.\p{C}]+\.png$/u);
        expect(clean.trim()).toBe(clean);
        expect(Buffer.byteLength(clean)).toBeLessThanOrEqual(255);
        expect(fileName(clean, 'image/png', rules.types).name).toBe(clean);
      }),
      { numRuns: 5_000 },
    );
  });
});

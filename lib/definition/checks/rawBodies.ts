import type { Fault, FaultCode } from '../fault.ts';
import { inputRules } from '../input.ts';
import { isRawBodyType } from '../requestBody.ts';
import type { RouteInput } from '../routes.ts';
import { MAX_FORM_BYTES } from '../upload.ts';
import { formatValue, type UncheckedApi } from './check.ts';

type Found = readonly [location: string, found: string, expected: string, fix: string];

const BODYLESS = ['GET', 'DELETE'];

/** Raw bodies: where HTTP has a body, instead of files, and without a schema of listed media types and of a size that Lambda takes. */
export function checkRawBodies(api: UncheckedApi): readonly Fault[] {
  return Object.entries(api.routes ?? {}).flatMap(([id, route]) => {
    const options: Partial<RouteInput> = route.options ?? {};
    const location = `routes.${id}`;
    const rawBody: unknown = options.rawBody;
    if (rawBody === undefined) return [];
    if (rawBody !== true) {
      return [
        rawFault(`${location}.rawBody`, formatValue(rawBody), 'true', 'Write rawBody: true, or remove the option.'),
      ];
    }
    return [
      ...methodFaults(`${location}.rawBody`, route.method),
      ...uploadFaults(`${location}.rawBody`, options),
      ...(options.body === undefined && options.upload === undefined
        ? [
            ...typeFaults(location, options.bodyType),
            ...sizeFaults(`${location}.maxBodyBytes`, inputRules(options, api.input).maxBodyBytes),
          ]
        : []),
    ];
  });
}

function methodFaults(location: string, method: string): readonly Fault[] {
  if (!BODYLESS.includes(method)) return [];
  const expected = 'POST, PUT or PATCH: RFC 9110 gives a body no meaning on other methods';
  return [fault('body-not-allowed', [location, `rawBody on ${method}`, expected, 'Use another method.'])];
}

function uploadFaults(location: string, { upload }: Partial<RouteInput>): readonly Fault[] {
  if (upload === undefined) return [];
  const fix = 'Remove rawBody: the handler gets the inspected bytes of each file in files.';
  return [rawFault(location, 'rawBody beside upload', 'one of both', fix)];
}

function typeFaults(route: string, option: unknown): readonly Fault[] {
  const location = `${route}.bodyType`;
  const isList = Array.isArray(option);
  const types: readonly unknown[] = isList ? option : [option];
  if (option === undefined || types.length === 0) {
    const found = option === undefined ? 'rawBody with neither body nor bodyType' : 'an empty list';
    const fix = "List what clients send, such as bodyType: 'application/octet-stream', or add a schema in body.";
    return [rawFault(location, found, 'the media types that are accepted', fix)];
  }
  return types.flatMap((type, i) => {
    const at = isList ? `${location}.${i}` : location;
    const repeated = types.indexOf(type) !== i;
    if (isRawBodyType(type) && !repeated) return [];
    const found = repeated ? `${formatValue(type)} twice` : formatValue(type);
    const expected = 'a media type in lower case, without parameters and wildcards, each once';
    return [fault('body-type-invalid', [at, found, expected, repeated ? 'Name each media type once.' : fixOf(type)])];
  });
}

function fixOf(type: unknown): string {
  if (typeof type !== 'string') return 'Write a media type, or a list of them.';
  const plain = type.replace(/;.*$/s, '').trim().toLowerCase();
  if (plain.startsWith('multipart/')) return 'Declare files with upload: it takes multipart/form-data.';
  if (plain.includes('*')) {
    return 'Name each type: a wildcard would make the JSON of all routes binary, and accept what nobody expects.';
  }
  if (plain !== type && isRawBodyType(plain)) return `Write '${plain}': parameters of the request change nothing.`;
  return "Write a registered type, such as 'application/octet-stream' or 'image/png'.";
}

function sizeFaults(location: string, maxBodyBytes: unknown): readonly Fault[] {
  if (typeof maxBodyBytes !== 'number' || !(maxBodyBytes > MAX_FORM_BYTES)) return [];
  const expected = `at most ${MAX_FORM_BYTES}: Lambda takes 6 MB, of which base64 costs a quarter`;
  return [
    rawFault(location, String(maxBodyBytes), expected, 'Lower it, or accept larger files by a presigned upload.'),
  ];
}

function rawFault(...found: Found): Fault {
  return fault('raw-body-invalid', found);
}

function fault(code: FaultCode, [location, found, expected, fix]: Found): Fault {
  return { code, location, found, expected, fix };
}

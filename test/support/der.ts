/** Encodes single values in DER (ITU-T X.690), for what no library would write. */
export const der = { value, sequence, integer };

type Bytes = Uint8Array<ArrayBuffer>;

/** Any tag with any content. */
function value(tag: number, content: Uint8Array): Bytes {
  return Uint8Array.from([tag, ...lengthOf(content.length), ...content]);
}

function sequence(...parts: readonly Uint8Array[]): Bytes {
  return value(0x30, Buffer.concat(parts));
}

function integer(number: number): Bytes {
  const digits = number.toString(16);
  const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
  return value(0x02, Buffer.from(/^[89a-f]/.test(hex) ? `00${hex}` : hex, 'hex'));
}

function lengthOf(length: number): readonly number[] {
  if (length < 128) return [length];
  const bytes = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 255);
  return [0x80 | bytes.length, ...bytes];
}

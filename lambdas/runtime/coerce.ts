import type { ParameterKind } from '../../lib/definition/projected.ts';

/** A whole number as JSON writes it: no sign but `-`, no leading zero, no blank, no exponent, no other base. */
const INTEGER = /^-?(0|[1-9]\d*)$/;
/** A decimal number without exponent. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/;

/**
 * Turns the text of a parameter into its value, or undefined where it has no such form. What is accepted has one
 * spelling: `1e3`, ` 1`, `0x10`, `+1`, `01` and `TRUE` are refused; whole numbers are within the safe range.
 */
export function coerce(text: string, type: ParameterKind['type']): string | number | boolean | undefined {
  if (type === 'string') return text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  const form = type === 'integer' ? INTEGER : NUMBER;
  if (!form.test(text)) return undefined;
  const value = Number(text);
  const fits = type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value);
  // `-0` is zero.
  return fits ? value + 0 : undefined;
}

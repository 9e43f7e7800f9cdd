import { Option } from 'commander';
import { invalidOption } from '../options.ts';

/** The kinds of subject alternative names that a client of an API is found by. */
export type NameKind = 'dns' | 'uri' | 'email';

/** A subject alternative name, or a constraint on such names. */
export interface AlternativeName {
  readonly kind: NameKind;
  readonly value: string;
}

/** The values of `--dns`, `--uri` and `--email`, or of `--permit-…`. */
export type NameOptions = { readonly [Kind in NameKind]?: readonly string[] };

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const HOST = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);
const EMAIL = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@([^@]+)$/;
/**
 * Printable ASCII, and letters of the Latin script: a name in two scripts can look like the name of another partner (UTS #39, 5.1),
 * and so can one with characters that nobody sees.
 */
const COMMON_NAME = /^(?! )(?:[!-~]|(?=\p{Script=Latin})\p{L}| (?! |$))+$/u;
/** Serial numbers of this CA have 17 bytes; others are in files. Names such as `acbd` stay names. */
const SERIAL = /^(?:[0-9a-f]{2}:?){16,20}$/i;
/** ub-common-name of RFC 5280. */
const COMMON_NAME_CHARACTERS = 64;

interface Shape {
  readonly isValid: (value: string) => boolean;
  readonly expected: string;
}

const NAMES: Readonly<Record<NameKind, Shape>> = {
  dns: {
    isValid: (value) => HOST.test(value),
    expected: 'a host name in ASCII without a wildcard, such as robot.acme.example',
  },
  uri: { isValid: isUri, expected: 'a URI in ASCII with a scheme, such as spiffe://acme.example/robot' },
  email: {
    isValid: (value) => HOST.test(EMAIL.exec(value)?.[1] ?? ''),
    expected: 'an email address in ASCII, such as robot@acme.example',
  },
};

/** A constraint of dns and email is a domain, which a leading dot of a URI's host widens to what is below it. */
const CONSTRAINTS: Readonly<Record<NameKind, Shape>> = {
  dns: {
    isValid: (value) => HOST.test(value),
    expected: 'a domain, such as acme.example, for it and what is below it',
  },
  uri: {
    isValid: (value) => HOST.test(value.replace(/^\./, '')),
    expected: 'a host, such as acme.example, or .acme.example for what is below it',
  },
  email: {
    isValid: (value) => HOST.test(value.replace(/^\./, '')) || NAMES.email.isValid(value),
    expected: 'a host, such as acme.example, .acme.example for what is below it, or one address',
  },
};

/** The options that give names to a certificate. */
export function nameOptions(): readonly Option[] {
  return [
    new Option('--dns <name...>', 'host name of the partner; repeat it for several'),
    new Option('--uri <uri...>', 'URI of the partner, such as spiffe://acme.example/robot'),
    new Option('--email <address...>', 'email address of the partner'),
  ];
}

/**
 * The names that options give.
 *
 * @throws {ConfigError} `option-invalid`.
 */
export function alternativeNames(options: NameOptions): readonly AlternativeName[] {
  return checked(options, NAMES, (kind) => `--${kind}`);
}

/**
 * The constraints that options give.
 *
 * @throws {ConfigError} `option-invalid`.
 */
export function nameConstraints(options: NameOptions): readonly AlternativeName[] {
  return checked(options, CONSTRAINTS, (kind) => `--permit-${kind}`);
}

/**
 * Checks the common name of a certificate.
 *
 * @throws {ConfigError} `option-invalid`.
 */
export function checkCommonName(name: string, location: string): void {
  if (name.length <= COMMON_NAME_CHARACTERS && COMMON_NAME.test(name) && name.normalize('NFC') === name) {
    if (!SERIAL.test(name)) return;
    throw invalidOption({
      location,
      found: `${escaped(name)}, which looks like a serial number`,
      expected: 'a name that no serial number can be taken for',
      fix: 'Give the partner another name: certs revoke takes names and serial numbers.',
    });
  }
  throw invalidOption({
    location,
    found: escaped(name),
    expected: `1 to ${COMMON_NAME_CHARACTERS} Latin letters (composed, NFC), digits and printable ASCII characters, with single spaces between them`,
    fix: 'Give the partner a short name, such as acme.',
  });
}

/** Whether constraints permit a name (RFC 5280, section 4.2.1.10). Those of another kind say nothing about it. */
export function isPermitted({ kind, value }: AlternativeName, constraints: readonly AlternativeName[]): boolean {
  const ofKind = constraints.filter((one) => one.kind === kind).map((one) => one.value.toLowerCase());
  return ofKind.length === 0 || ofKind.some((constraint) => permits(kind, value, constraint));
}

function permits(kind: NameKind, value: string, constraint: string): boolean {
  const host = hostOf(kind, value);
  if (kind === 'dns') return host === constraint || host.endsWith(`.${constraint}`);
  if (constraint.includes('@')) return value.toLowerCase() === constraint;
  return constraint.startsWith('.') ? host.endsWith(constraint) : host === constraint;
}

function hostOf(kind: NameKind, value: string): string {
  const host =
    kind === 'uri' ? (/^[^:]+:\/\/(?:[^/?#]*@)?([^/?#:]*)/.exec(value)?.[1] ?? '') : (value.split('@').at(-1) ?? '');
  return host.toLowerCase();
}

function checked(
  options: NameOptions,
  shapes: Readonly<Record<NameKind, Shape>>,
  optionOf: (kind: NameKind) => string,
): readonly AlternativeName[] {
  return (['dns', 'uri', 'email'] as const).flatMap((kind) =>
    [...new Set(options[kind] ?? [])].map((value) => {
      const { isValid, expected } = shapes[kind];
      if (isValid(value)) return { kind, value };
      const fix = 'Correct the value, or leave the option out.';
      throw invalidOption({ location: optionOf(kind), found: escaped(value), expected, fix });
    }),
  );
}

/** A value as JSON writes it, in ASCII: a letter of another script is seen. */
function escaped(value: string): string {
  return JSON.stringify(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function isUri(value: string): boolean {
  return /^[a-z][a-z0-9+.-]*:[!-~]+$/i.test(value) && value.length <= 2_048 && URL.canParse(value);
}

/**
 * Messages of the compiler about a name that does not exist, with the names that may be meant. A message is a string type that
 * no value has, so the compiler prints it as the type that it expected.
 */

/**
 * `never` for a name that exists, else the message.
 *
 * @example
 * ```ts
 * type Fault = UnknownName<'permission', 'note:raed', 'note:read' | 'note:write'>;
 * // There is no permission "note:raed". Did you mean "note:read"?
 * ```
 */
export type UnknownName<Kind extends string, Written, Known> = Written extends string
  ? [Written] extends [Known]
    ? never
    : string extends Written
      ? never
      : `There is no ${Kind} "${Written}". ${Advice<Written, Extract<Known, string>>}`
  : never;

/**
 * A parameter that takes one of the names; for any other one, the compiler prints the message. An editor completes the empty
 * string from the names.
 */
export type NameOf<Kind extends string, Written, Known extends string> = [UnknownName<Kind, Written, Known>] extends [
  never,
]
  ? Written
  : Written extends ''
    ? Known
    : UnknownName<Kind, Written, Known>;

type Advice<Written extends string, Known extends string> = [Known] extends [never]
  ? 'None is declared.'
  : [Near<Written, Known>] extends [never]
    ? `Declared: ${List<Known>}.`
    : `Did you mean "${Near<Written, Known>}"?`;

/** The names that differ from the written one in one place, by two characters at most, in whatever case. */
type Near<Written extends string, Known extends string> = Known extends unknown
  ? Rest<Lowercase<Written>, Lowercase<Known>> extends readonly [infer A extends string, infer B extends string]
    ? IsShort<Reversed<A>, Reversed<B>> extends true
      ? Known
      : never
    : never
  : never;

/** What is left of two strings without their common start. */
type Rest<A extends string, B extends string> = A extends `${infer X}${infer RestA}`
  ? B extends `${X}${infer RestB}`
    ? Rest<RestA, RestB>
    : [A, B]
  : [A, B];

type IsShort<A extends string, B extends string> =
  Rest<A, B> extends readonly [infer X extends string, infer Y extends string]
    ? [WithoutTwo<X>, WithoutTwo<Y>] extends ['', '']
      ? true
      : false
    : false;

/** A string without its first two characters. */
type WithoutTwo<S extends string> = S extends `${string}${infer Tail}`
  ? Tail extends `${string}${infer Rest}`
    ? Rest
    : ''
  : '';

type Reversed<S extends string, Done extends string = ''> = S extends `${infer First}${infer Tail}`
  ? Reversed<Tail, `${First}${Done}`>
  : Done;

/** The first eight of the names, in the compiler's order. */
type List<Names extends string, Listed extends string = '', Count extends readonly unknown[] = []> = [Names] extends [
  never,
]
  ? Listed
  : Count['length'] extends 8
    ? `${Listed}, …`
    : LastOf<Names> extends infer Last extends string
      ? List<Exclude<Names, Last>, Listed extends '' ? Last : `${Last}, ${Listed}`, [...Count, Last]>
      : Listed;

/** One member of a union: the overload that the compiler infers from is the last one. */
type LastOf<Names> = (Names extends unknown ? (take: (name: Names) => void) => void : never) extends (
  take: infer Takes,
) => void
  ? Takes extends (name: infer Name) => void
    ? Name
    : never
  : never;

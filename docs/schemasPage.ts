/** The page of what becomes of each construct of a schema library, from the lists that the code itself works with. */
import { JOI_MEMBERS, JOI_TYPES } from '../lib/definition/sources/joi.ts';
import { JOI_RULES } from '../lib/definition/sources/joiRules.ts';
import { type ConstructTable, REJECTIONS } from '../lib/definition/sources/standard.ts';
import { TYPEBOX_KINDS, TYPEBOX_MODIFIERS } from '../lib/definition/sources/typebox.ts';
import { VALIBOT_TYPES } from '../lib/definition/sources/valibot.ts';
import { VALIBOT_ACTIONS } from '../lib/definition/sources/valibotActions.ts';
import { ZOD_TYPES } from '../lib/definition/sources/zod.ts';
import { ZOD_CHECKS, ZOD_FORMATS } from '../lib/definition/sources/zodChecks.ts';

const INTRODUCTION = `# Schemas of other libraries
Write a schema with Zod (4 or later), Valibot (1 or later, with or without \`toStandardJsonSchema\`), Joi (18 or later), TypeBox, or
as a JSON Schema literal. The library runs when the stack is synthesized and never in a function: validators are compiled from JSON
Schema. So each rule of a schema is either **enforced**, because it becomes JSON Schema keywords, or **rejected**: \`defineApi\`
reports \`schema-not-expressible\` with the location, the construct as the library spells it, and the fix. A construct that is in
neither list below, such as one of a newer version, is rejected. A schema of any other library is rejected, too: convert it to JSON
Schema and pass the result.

\`test/unit/definition/sources\` takes every construct from the libraries' own exports and fails if one is in neither list. For each
enforced one it compares the library with the compiled validator;
\`test/property/sources.test.ts\` compares generated schemas, and \`test/property/formats.test.ts\` 2,000 strings for each format.

## Where functions differ from the library
- Nothing is converted and nothing is changed: a number in quotes is no number, and a handler receives what the client sent.
- Lengths count characters (code points), and a pattern matches whole characters. Valibot and Joi count UTF-16 code units, so
  \`\u{1f600}\` has length 1 here and 2 there.
- Regular expressions are read with the flag \`u\`. The flags \`i\` and \`s\` are translated for letters of ASCII, \`g\` means nothing
  for a check in Zod; an expression with another flag is rejected.
- Of these formats only some forms are accepted: URLs have the scheme \`https\` and a host name without two hyphens in a row, no IP
  address; times of \`z.iso.datetime()\` have at most nine digits of a second; Joi's \`guid\`, \`hostname\`, \`isoDate\` and \`email\`
  accept the form in the table below.
- A list is no object (Valibot takes it for one), and an item of a tuple is never left out.
- \`multipleOf\` of a decimal follows the decimal, also where the library computes with rounding errors.
- Defaults: what the library's own parse makes of a missing value, of \`null\` and of any other value, the function makes of it,
  too, or \`defineApi\` reports \`default-invalid\`. That is so for a default given as a function (also of a constant), one that
  replaces \`null\` (\`v.nullable(schema, 5)\`), one that the library never fills in (\`v.undefinedable(schema, 5)\`, a default in a
  wrapper without one, in \`.meta()\`, before \`Joi.raw()\`), one in a union, and \`Joi.object().default()\` without a value.
  \`test/property/defaults.test.ts\` compares 800 generated schemas of each library.
- Text policies, limits and closed objects apply to every schema ([input.md](input.md)).
`;

/** The page as Markdown. */
export function schemasPage(): string {
  return [
    INTRODUCTION,
    section('Zod', [
      ['schema', ZOD_TYPES],
      ['check', ZOD_CHECKS],
      ['string format', ZOD_FORMATS],
    ]),
    section('Valibot', [
      ['schema', VALIBOT_TYPES],
      ['action', VALIBOT_ACTIONS],
    ]),
    section('Joi', [
      ['type', JOI_TYPES],
      ['rule', JOI_RULES],
      ['flag or member of `describe()`', JOI_MEMBERS],
    ]),
    section('TypeBox', [
      ['kind', TYPEBOX_KINDS],
      ['modifier', TYPEBOX_MODIFIERS],
    ]),
    `## Why a construct is rejected\n| reason | fix |\n| --- | --- |\n${Object.entries(REJECTIONS)
      .map(([reason, fix]) => `| ${reason} | ${fix} |`)
      .join('\n')}\n`,
  ].join('\n');
}

function section(library: string, tables: readonly (readonly [string, ConstructTable])[]): string {
  return `## ${library}\n${tables.map(([kind, table]) => tableOf(kind, table)).join('\n')}`;
}

/** Constructs with one outcome share a row. */
function tableOf(kind: string, { enforced, rejected }: ConstructTable): string {
  const rows = [
    ...grouped(enforced).map(([becomes, names]) => `| ${names} | ${becomes} |`),
    ...grouped(rejected).map(([reason, names]) => `| ${names} | rejected: ${reason} |`),
  ];
  return `| ${kind} | becomes |\n| --- | --- |\n${rows.join('\n')}\n`;
}

function grouped(names: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  const groups = Map.groupBy(Object.entries(names), ([, outcome]) => outcome);
  return [...groups].map(([outcome, entries]) => [outcome, entries.map(([name]) => `\`${name}\``).join(', ')] as const);
}

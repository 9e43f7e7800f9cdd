import type { Fault } from '../fault.ts';
import type { RouteInput } from '../routes.ts';
import { optionalMark } from '../sources/optionalMark.ts';
import type { UncheckedApi } from './check.ts';
import { requestSchemas } from './readSchemas.ts';

type Part = ReturnType<typeof requestSchemas>[number][0];

/** Marks such as `.optional()` around a whole schema, which would have no effect: only a property can be absent. */
export function checkOptionalSchemas(api: UncheckedApi): readonly Fault[] {
  return Object.entries(api.routes ?? {}).flatMap(([id, route]) => {
    const options: Partial<RouteInput> = route.options ?? {};
    const ofRequest = requestSchemas(id, options).flatMap(([part, location, schema]) => {
      const mark = optionalMark(schema);
      return mark === undefined ? [] : [requestFault(location, mark, part)];
    });
    const ofResponses = Object.entries(options.responses ?? {}).flatMap(([status, response]) => {
      const mark = optionalMark(response?.body);
      return mark === undefined ? [] : [responseFault(`routes.${id}.responses.${status}.body`, mark)];
    });
    return [...ofRequest, ...ofResponses];
  });
}

function requestFault(location: string, mark: string, part: Part): Fault {
  if (part === 'body') {
    return {
      code: 'body-type-invalid',
      location,
      found: `${mark} around the whole body`,
      expected: 'the schema of the body itself',
      fix: `Remove ${mark}, and set bodyRequired: false beside body.`,
    };
  }
  return {
    code: 'schema-not-expressible',
    location,
    found: `${mark} around the whole schema`,
    expected: 'the schema of an object that is always there, also if it is empty',
    fix: `Remove ${mark} here, and write it around each property that can be absent.`,
  };
}

function responseFault(location: string, mark: string): Fault {
  return {
    code: 'schema-not-expressible',
    location,
    found: `${mark} around the whole body`,
    expected: 'the schema of a body that every response with this status has',
    fix: `Remove ${mark}. Where there is no body, return another status, such as 204, which is declared without body.`,
  };
}

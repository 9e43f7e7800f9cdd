import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleFunctions } from '../../lib/bundle/bundle.ts';
import { writeHandlers } from '../support/generated.ts';
import { smallApi, smallTemplate, withFolder } from './support.ts';

const problemTypeBase = 'https://help.example.com/errors#';
/** Problem types of a template: its problem documents are JSON strings in JSON. */
const typesIn = (template: object) =>
  [...JSON.stringify(template).matchAll(/\\"type\\":\\"(https:[^\\]*)/g)].map((match) => match[1] ?? '');

describe('an own address of problem types', () => {
  it('starts the type of every problem in the template', () => {
    const [own, standard] = [typesIn(smallTemplate({ problemTypeBase }).toJSON()), typesIn(smallTemplate().toJSON())];
    expect(own.length).toBeGreaterThan(20);
    expect(own).toEqual(standard.map((type) => type.replace('https://secure-api.dev/errors/', problemTypeBase)));
    expect(own.filter((type) => !type.startsWith(problemTypeBase))).toEqual([]);
  });

  it('is compiled into the functions of the routes', () => {
    withFolder((folder) => {
      writeHandlers(smallApi(), folder);
      const bundles = bundleFunctions(smallApi(), folder, { problemTypeBase });
      for (const { directory } of bundles.groups.values()) {
        expect(readFileSync(join(directory, 'index.mjs'), 'utf8')).toContain(`problemTypeBase:"${problemTypeBase}"`);
      }
      expect(bundles.groups.size).toBeGreaterThan(1);
      bundles.remove();
    });
  });

  it.each(['http://help.example.com/', 'https://help.example.com', ''])('must not be %j', (wrong) => {
    expect(() => smallTemplate({ problemTypeBase: wrong })).toThrow(/^option-invalid at problemTypeBase/);
  });
});

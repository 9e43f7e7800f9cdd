import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { IDENTITIES, identityCode } from '../../../create/identities.ts';
import { projectOf } from '../../../create/project.ts';
import { projectFiles } from '../../../create/projectFiles.ts';
import { readTemplate } from '../../../create/template.ts';
import { readVersions } from '../../../create/versions.ts';
import { Identity } from '../../../lib/construct/index.ts';
import { folderOf, root } from '../../support/folders.ts';

const run = promisify(execFile);
const template = readTemplate();
const versions = readVersions();
const around = { today: '2027-02-03' };
const domain = { domain: 'api.example.com', zone: 'Z0123456789ABCDEFGHIJ' };

/** The files of a project with each identity, each with the values that its questions show as examples. */
const projects = Object.entries(IDENTITIES).map(([identity, { fields }], i) => {
  const values = Object.fromEntries(fields.map(({ name, example }) => [name, example]));
  const project = projectOf({ identity, ...values, ...(i % 2 === 0 ? domain : {}) }, '/projects/notes');
  return [identity, projectFiles(template, project, versions, around)] as const;
});

describe('the files of a project', () => {
  const [, files = {}] = projects[0] ?? [];

  it('have its name, the day of its review and exact versions', () => {
    expect(files['definition.ts']).toContain("name: 'notes'");
    expect(files['definition.ts']).toContain("reviewed: '2027-02-03'");
    expect(files['app.ts']).toContain("new ApiStack(app, 'Notes'");
    expect(files['README.md']?.startsWith('# notes\n')).toBe(true);
    const manifest = JSON.parse(files['package.json'] ?? '{}');
    expect(manifest).toMatchObject({ name: 'notes' });
    // docs/install.md names these packages.
    expect(manifest.allowScripts).toEqual({ esbuild: true });
    const wanted = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(wanted.length).toBeGreaterThan(8);
    expect(wanted.filter((version) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([]);
  });

  it('bring Node.js where that of the machine is too old', () => {
    const project = projectOf({}, '/projects/notes');
    const made = projectFiles(template, project, versions, { ...around, node: '24.21.0' });
    expect(JSON.parse(made['package.json'] ?? '{}')).toMatchObject({
      devDependencies: { node: '24.21.0' },
    });
    expect(JSON.parse(made['package.json'] ?? '{}').allowScripts).toEqual({ esbuild: true, node: true });
    expect(files['package.json']).not.toContain('"node": "24');
  });

  it('deploy from GitHub with a role and no key', () => {
    const workflow = files['.github/workflows/deploy.yml'] ?? '';
    expect(workflow).toContain('id-token: write');
    expect(workflow).toMatch(/role-to-assume: \$\{\{ vars\.AWS_ROLE_ARN \}\}/);
    expect(workflow).not.toMatch(/secrets\.|access-key/);
  });

  it('show the calls of our README, and have the launch file of docs/dev.md', () => {
    const read = (path: string) => readFileSync(join(root, path), 'utf8');
    const [, calls = '?'] = /```sh\n(api\(\)[\s\S]*?)```/.exec(read('README.md')) ?? [];
    expect(files['README.md']).toContain(calls);
    expect(read('docs/dev.md')).toContain(`\`\`\`json\n${files['.vscode/launch.json']}\`\`\``);
  });

  it('compile, with the types of the package, for each identity and with a domain', async () => {
    const all = projects.flatMap(([identity, made]) =>
      Object.entries(made).map(([path, content]) => [`${identity}/${path}`, content] as const),
    );
    const folder = folderOf(Object.fromEntries(all), join(root, 'test'));
    try {
      const { compilerOptions } = JSON.parse(template['tsconfig.json'] ?? '{}');
      const paths = {
        'secure-api': [join(root, 'lib/index.ts')],
        'secure-api/runtime': [join(root, 'lambdas/runtime/index.ts')],
      };
      const options = { ...compilerOptions, lib: ['ES2024', 'ESNext.Disposable'], paths };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['**/*.ts'] }));
      const compiled = await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder]).catch(({ stdout }) => ({
        stdout,
      }));
      expect(compiled.stdout).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(Object.entries(IDENTITIES))('have an identity that the construct accepts: %s', (identity, { fields }) => {
    const values = Object.fromEntries(fields.map(({ name, example }) => [name, example]));
    const code = identityCode(projectOf({ identity, ...values }, '/projects/notes').identity);
    expect(new Function('Identity', `return ${code};`)(Identity)).toBeInstanceOf(Identity);
  });
});

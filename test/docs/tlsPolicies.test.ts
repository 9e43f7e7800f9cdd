import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TLS_POLICIES, tlsBehindCloudFront, tlsSettings } from '../../lib/construct/edge/tls.ts';
import { root } from '../support/folders.ts';

const page = readFileSync(join(root, 'docs/https.md'), 'utf8');

it('docs/https.md has the TLS policies of the code', () => {
  const rows = [...page.matchAll(/^\| `([\w.-]+)` \| 1\.[^|]*\| `(\w+)` \| (.+) \|$/gm)].map((row) => row.slice(1));
  const viewerOf = (viewer: string | undefined) => (viewer === undefined ? 'none' : `\`${viewer}\``);
  expect(rows).toEqual(
    TLS_POLICIES.map((policy) => {
      const { regional, viewer } = tlsSettings(policy);
      return [policy, regional, viewerOf(viewer)];
    }),
  );
  expect(page).toContain(`API and regional domain have \`${tlsBehindCloudFront('modern', false).regional}\``);
});

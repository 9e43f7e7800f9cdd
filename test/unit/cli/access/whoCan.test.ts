import { describe, expect, it } from 'vitest';
import { access } from '../../../support/accessCli.ts';

describe('access who-can', () => {
  it('prints roles with their inheritance, and routes', async () => {
    const { stdout } = await access(['who-can', 'document:publish']);
    expect(stdout).toBe(`document:publish

Roles
  manager
  admin → manager

Routes
  POST /documents/{id}/publish (publishDocument): document:publish
`);
  });

  it('takes a route instead of the permission that it needs, and reports a route that needs none', async () => {
    const { stdout } = await access(['who-can', 'deleteDocument', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      permission: 'document:delete',
      roles: [{ role: 'admin', path: ['admin'] }],
      routes: [{ id: 'deleteDocument' }, { id: 'deleteAttachment' }],
    });
    expect((await access(['who-can', 'health'])).stdout).toContain('GET /health (health): nothing (public)');
    expect((await access(['who-can', 'report:read'])).stdout).toContain('Routes\n  none');
  });
});

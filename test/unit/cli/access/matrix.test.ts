import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { access } from '../../../support/accessCli.ts';

describe('access matrix', () => {
  it.each(['xml', 'JSON', ''])('rejects the format %j also with --json', async (format) => {
    const { code, stdout } = await access(['matrix', '--format', format, '--json']);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('rejects an unknown format', async () => {
    const { code, stdout, stderr } = await access(['matrix', '--format', 'pdf']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('expected text, json, csv, markdown, html');
  });

  it('writes every format', async () => {
    const formats = ['text', 'json', 'csv', 'markdown', 'html'];
    const results = await Promise.all(formats.map((format) => access(['matrix', '--format', format])));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    const [text = '', json = '', csv = '', markdown = '', html = ''] = results.map(({ stdout }) => stdout);
    expect(text).toContain('deleteDocument');
    expect(JSON.parse(json)).toMatchObject({ api: 'documents', roles: ['viewer', 'editor', 'manager', 'admin'] });
    expect(csv.split('\r\n')[1]).toMatch(/^"viewer","health","GET",/);
    expect(markdown).toBe(readFileSync('docs/access-matrix.md', 'utf8'));
    expect(html).toMatch(/^<!doctype html>/);
  });
});

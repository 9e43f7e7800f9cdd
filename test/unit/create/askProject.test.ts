import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { openDialog } from '../../../create/askProject.ts';
import type { ProjectInput } from '../../../create/project.ts';

/** Answers each question when it is asked; the input ends after the last answer. */
async function asked(given: ProjectInput, ...answers: readonly string[]) {
  const input = new PassThrough();
  const output = new PassThrough();
  const rest = [...answers];
  const shown = new PassThrough();
  output.on('data', (part: Buffer) => {
    shown.write(part);
    if (!part.toString().endsWith(': ')) return;
    const answer = rest.shift();
    if (answer === undefined) input.end();
    else input.write(`${answer}\n`);
  });
  const dialog = openDialog({ input, output, interrupt: expect.unreachable });
  const result = dialog.askProject(given, 'notes').finally(() => shown.end());
  const [outcome, questions] = await Promise.allSettled([result, text(shown)]);
  return { outcome, questions: questions.status === 'fulfilled' ? questions.value : '' };
}

describe('the questions', () => {
  it('are three, and an empty answer takes the default', async () => {
    const { outcome, questions } = await asked({}, '', '', '');
    expect(outcome).toMatchObject({ value: { name: 'notes', identity: 'cognito' } });
    expect(questions.match(/: /g)).toHaveLength(3);
  });

  it('ask for what a provider and a domain need', async () => {
    const answers = [
      'shop',
      '3',
      'example.eu.auth0.com',
      'https://shop.example.com',
      'shop.example.com',
      'Z0123456789AB',
      '',
    ];
    expect((await asked({}, ...answers)).outcome).toMatchObject({
      value: {
        name: 'shop',
        identity: 'auth0',
        provider: 'example.eu.auth0.com',
        audience: 'https://shop.example.com',
        domain: 'shop.example.com',
        zone: 'Z0123456789AB',
        zoneName: 'example.com',
      },
    });
  });

  it('repeat until an answer is right, and say what is wrong', async () => {
    const { outcome, questions } = await asked({}, 'No', 'yes', '9', 'okta', 'x y', 'example.okta.com', 'api', '');
    expect(outcome).toMatchObject({ value: { name: 'yes', identity: 'okta', provider: 'example.okta.com' } });
    expect(questions).toMatch(/--name: found "No"/);
    expect(questions).toContain('Expected a number from 1 to 6.');
  });

  it('are not asked for what an option gives', async () => {
    const given = { name: 'shop', identity: 'cognito', domain: 'a.example.com', zone: 'Z1', zoneName: 'example.com' };
    const { outcome, questions } = await asked(given);
    expect(outcome).toMatchObject({ value: given });
    expect(questions).toBe('');
  });

  it('end with the input, and nothing is written', async () => {
    const { outcome } = await asked({}, 'shop');
    expect(outcome).toMatchObject({ reason: { message: expect.stringContaining('Nothing was written') } });
  });

  it('take answers that are pasted at once, from the folder on', async () => {
    const input = new PassThrough();
    const dialog = openDialog({ input, output: new PassThrough().resume(), interrupt: expect.unreachable });
    input.end('folder\nshop\n4\nexample.okta.com\napi\nnone\n');
    expect(await dialog.askFolder('.')).toBe('folder');
    expect(await dialog.askProject({}, 'notes')).toMatchObject({ name: 'shop', identity: 'okta', audience: 'api' });
    dialog.close();
  });

  it('end with Ctrl-C, which says so and interrupts the process', async () => {
    const input = new PassThrough();
    const output = Object.assign(new PassThrough(), { isTTY: true });
    const interrupted = new Promise<void>((interrupt) => {
      const answer = openDialog({ input, output, interrupt }).askFolder('.');
      answer.catch(() => {});
    });
    input.write('\u0003');
    await interrupted;
    expect(output.read().toString()).toContain('Interrupted. Nothing was written.');
  });

  it('show only the beginning of a long answer that is wrong', async () => {
    const { questions } = await asked({}, 'x'.repeat(20_000), 'shop', '', '');
    expect(questions).toMatch(/--name: found "x{79}…/);
    expect(questions.length).toBeLessThan(2000);
  });
});

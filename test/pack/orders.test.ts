import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, clientOf } from '../support/client.ts';
import { cli, type RunningGateway } from '../support/gateway.ts';
import { type PackedProject, packedProject } from '../support/packedProject.ts';

let project: PackedProject;
let origin: string;
let gateway: RunningGateway;
let call: Client;
let web: ChildProcess;
let browser: Browser;

beforeAll(async () => {
  project = await packedProject('orders');
  origin = `http://localhost:${await freePort()}`;
}, 300_000);

afterAll(async () => {
  await browser?.close();
  web?.kill();
  await gateway?.stop();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const tokenOf = (role: string, tenant: string) => gateway.token(role, ['--claim', `tenant=${tenant}`]);
const CHAIR = { article: 'CHAIR-4', quantity: 2 };

describe('the project of a shop for several companies', () => {
  it('type-checks with the packed package', async () => {
    await expect(project.run('typecheck')).resolves.toBeDefined();
  });

  it('synthesizes, and is served', async () => {
    await project.run(`synth -- -c origin=${origin}`);
    gateway = await project.serve();
    call = clientOf(gateway.ready);
    expect((await call('GET', '/health')).status).toBe(200);
  });
});

import { describe, expect, it } from 'vitest';
import { flameGraph } from '../../bench/flameGraph.ts';

const node = (id: number, functionName: string, url: string, children: readonly number[] = []) => ({
  id,
  callFrame: { functionName, url },
  children,
});

describe('a flame graph', () => {
  const profile = {
    nodes: [
      node(1, '(root)', '', [2, 3, 6, 7, 8, 9]),
      node(2, '(idle)', ''),
      node(3, 'handler', 'file:///home/somebody/index.mjs', [4, 5]),
      node(4, 'verify', 'node:internal/crypto', []),
      node(5, 'verify', 'node:internal/crypto', []),
      node(6, '<script>', '', []),
      node(7, 'strip', 'wasm://wasm/0123abcd'),
      node(8, 'exchange', 'file:///home/somebody/bench/runtimeApi/loop.ts'),
      node(9, 'executeUserEntryPoint', 'node:internal/modules/run_main', [10]),
      node(10, 'evaluate', 'node:internal/modules/esm/loader'),
    ],
    samples: [2, 3, 4, 5, 6, 7, 8, 9, 10],
    timeDeltas: [5_000, 100, 400, 300, 100, 60, 40, 500, 700],
  };
  const svg = flameGraph(profile, 'A & B');

  it('has the share of each frame of the work, and none of the time without work or of the start of the process', () => {
    const titles = [...svg.matchAll(/<title>(.+?)<\/title>/g)].map(([, title]) => title);
    expect(titles).toEqual([
      'all: 100.0 %',
      'handler: 80.0 %',
      'verify: 70.0 %',
      '&lt;script&gt;: 10.0 %',
      'strip: 6.0 %',
      'exchange: 4.0 %',
    ]);
  });

  it('tells whose code a frame is, and names no path', () => {
    expect(svg).toMatch(/<title>handler: 80.0 %<\/title><rect class="bundle"/);
    expect(svg).toMatch(/<title>verify: 70.0 %<\/title><rect class="node"/);
    expect(svg).toMatch(/<title>exchange: 4.0 %<\/title><rect class="runtime"/);
    expect(svg).toMatch(/<title>&lt;script&gt;: 10.0 %<\/title><rect class="engine"/);
    expect(svg).not.toContain('somebody');
  });

  it('does not count the code with which Node loads TypeScript as the bundle', () => {
    expect(svg).toMatch(/<title>strip: 6.0 %<\/title><rect class="node"/);
  });

  it('draws what is called above its caller', () => {
    const top = (name: string) => Number(new RegExp(`<title>${name}.*?y="(\\d+)"`).exec(svg)?.[1]);
    expect(top('verify')).toBeLessThan(top('handler'));
  });
});

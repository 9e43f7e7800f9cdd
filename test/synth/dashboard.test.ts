import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { SecureApi } from '../../lib/construct/index.ts';
import { type Api, defineApi, get } from '../../lib/definition/index.ts';
import { loadAssembly } from '../../local/assembly/load.ts';
import type { StackModel } from '../../local/assembly/model.ts';
import {
  alarmNames,
  dashboardOf,
  emptyCells,
  linksOf,
  metricsOf,
  thresholdsOf,
  unknownMetrics,
  type Widget,
} from '../support/dashboards.ts';
import { root, temporaryFolder } from '../support/folders.ts';
import { generatedApi, handlersOf } from '../support/generated.ts';
import { edgeVariants, synthesizeVariant, variantInput, variants } from '../support/variants.ts';
import { oidc } from './support.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const LIMITS = { widgets: 500, metricsOfWidget: 500, metrics: 2_500 };
/** Alarms of a status widget: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const ALARMS_OF_WIDGET = 100;
const today = new Date('2026-11-10T00:00:00Z');
const done = { responses: { 200: { description: 'Done' } } };
const runbooks = readdirSync(join(root, 'docs/runbooks'));

const load = (folder: string): StackModel => loadAssembly(folder, { secretValue: () => 'x' });

describe.each(Object.entries({ ...variants, ...edgeVariants }))('the dashboard of a stack with %s', (_, variant) => {
  const model = load(synthesizeVariant(variant, false));
  const { widgets } = dashboardOf(model);

  it('fills each row', () => {
    expect(emptyCells(widgets)).toEqual([]);
  });

  it('draws metrics that the stack or its services have', () => {
    expect(unknownMetrics(widgets, model)).toEqual([]);
  });

  it('draws thresholds that alarms have', () => {
    const drawn = thresholdsOf(widgets);
    const names = alarmNames(model);
    expect(drawn.length).toBeGreaterThan(10);
    for (const { value, ends, title } of drawn) {
      const thresholds = ends.flatMap((end) => names.get(end) ?? []);
      expect(ends.length === 0 || thresholds.includes(value), `${title}: ${ends.join(', ')} at ${value}`).toBe(true);
    }
  });

  it('links to runbooks that exist, and to the text of saved queries', () => {
    const { pages, queries } = linksOf(widgets);
    expect(pages.filter((page) => !runbooks.includes(page))).toEqual([]);
    expect(queries.length).toBeGreaterThanOrEqual(6);
    for (const { text, groups } of queries) {
      expect(text).toMatch(/(^|\n\| )(filter|stats|fields) /);
      for (const group of groups) expect(Object.keys(model.logFiles)).toContain(group);
    }
  });
});

describe('a dashboard', () => {
  const sized = (definition: Api, context = {}) => {
    const folder = temporaryFolder();
    const handlers = handlersOf(definition);
    const outdir = join(folder, 'out');
    const app = new App({ outdir, context });
    new SecureApi(new Stack(app, 'Sized'), 'Api', { definition, handlers, identity: oidc() });
    app.synth();
    return load(outdir);
  };
  const withinLimits = (widgets: readonly Widget[]) => {
    const counts = widgets.map((widget) => metricsOf(widget).length);
    expect(widgets.length).toBeLessThanOrEqual(LIMITS.widgets);
    expect(Math.max(...counts)).toBeLessThanOrEqual(LIMITS.metricsOfWidget);
    expect(counts.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(LIMITS.metrics);
    for (const { properties } of widgets)
      expect((properties.alarms ?? []).length).toBeLessThanOrEqual(ALARMS_OF_WIDGET);
    expect(emptyCells(widgets)).toEqual([]);
  };

  it('of one route is complete', () => {
    const routes = {
      health: get('/health', { public: 'monitors call it', ...done }),
    };
    const model = sized(
      defineApi({ ...variantInput, scopes: undefined, routes } as never, {
        today,
      }) as unknown as Api,
    );
    const { widgets } = dashboardOf(model);
    withinLimits(widgets);
    expect(unknownMetrics(widgets, model)).toEqual([]);
  });

  it('of 300 routes in 60 functions keeps the limits of CloudWatch, and shows the functions with the largest values', () => {
    const model = sized(generatedApi(300));
    const { widgets } = dashboardOf(model);
    withinLimits(widgets);
    expect(model.functions.length).toBeGreaterThan(60);
    const durations = widgets.find(
      ({ properties }) => properties.title === 'Duration p99 by group of routes: the 10 largest',
    );
    expect(JSON.stringify(durations)).toContain('], MAX, DESC, 10)');
  });

  it('of 120 functions keeps them, too', () => {
    const each = Array.from({ length: 120 }, (_, i) => [
      `route${i}`,
      get(`/group${i}`, { permission: 'thing:read', ...done }),
    ]);
    const definition = { ...variantInput, scopes: undefined, routes: Object.fromEntries(each) } as never;
    // More than a stack has resources for.
    const model = sized(defineApi(definition, { today }) as unknown as Api, { '@aws-cdk/core:stackResourceLimit': 0 });
    expect(model.functions.length).toBeGreaterThan(120);
    withinLimits(dashboardOf(model).widgets);
  });

  it('draws no age of records of streams, which functions behind HTTP do not read', () => {
    const { body } = dashboardOf(load(synthesizeVariant({}, false)));
    expect(body).not.toContain('IteratorAge');
  });

  it('draws the values of alarms at all times, also where alarms look at the newest periods alone', () => {
    const { body } = dashboardOf(load(synthesizeVariant(variants['everything'] ?? {}, false)));
    expect(body).not.toContain('EPOCH(');
  });

  it('draws objectives by group of routes where the definition has some', () => {
    const titles = (variant: object) =>
      dashboardOf(load(synthesizeVariant(variant, false))).widgets.map(({ properties }) => properties.title);
    const byGroup = '5xx by group of routes in an hour, % of requests';
    expect(titles(variants['objectives'] ?? {})).toContain(byGroup);
    expect(titles({})).not.toContain(byGroup);
  });

  it('draws no threshold of an hour where the values are of five minutes', () => {
    const blocked = thresholdsOf(dashboardOf(load(synthesizeVariant({}, false))).widgets);
    const ofWebAcl = blocked.filter(({ title = '' }) => /web acl/i.test(title));
    expect(ofWebAcl.flatMap(({ ends }) => ends)).toContain('waf-blocks');
    expect(ofWebAcl.flatMap(({ ends }) => ends)).not.toContain('waf-blocks-slow');
  });

  it('draws the thresholds that props change', () => {
    const model = load(
      synthesizeVariant({ props: { alarms: { unauthorized: 7, p99Ms: 450, wafBlocked: 123 } } }, false),
    );
    const values = thresholdsOf(dashboardOf(model).widgets).map(({ value }) => value);
    expect(values).toEqual(expect.arrayContaining([7, 450, 123]));
  });
});

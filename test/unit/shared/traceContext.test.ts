import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../lambdas/shared/secretSearch.ts';
import {
  newSpanId,
  requestTrace,
  traceParentFor,
  traceResponseHeaders,
} from '../../../lambdas/shared/trace/requestTrace.ts';
import { traceParentOf, traceStateOf, xrayTraceOf } from '../../../lambdas/shared/trace/traceContext.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const GOOD = `00-${TRACE}-${PARENT}-01`;

describe('traceparent', () => {
  it.each([
    ['of today', GOOD, { traceId: TRACE, parentId: PARENT, isRandom: false }],
    ['with a random trace id', `00-${TRACE}-${PARENT}-02`, { traceId: TRACE, parentId: PARENT, isRandom: true }],
    ['with flags that nobody knows', `00-${TRACE}-${PARENT}-fc`, { traceId: TRACE, parentId: PARENT, isRandom: false }],
    [
      'of a later version',
      `cc-${TRACE}-${PARENT}-01-what.follows`,
      { traceId: TRACE, parentId: PARENT, isRandom: false },
    ],
  ])('%s is read', (_, value, read) => expect(traceParentOf([value])).toEqual(read));

  it.each([
    ['nothing', []],
    ['two', [GOOD, GOOD]],
    ['two in one', [`${GOOD}, ${GOOD}`]],
    ['an empty one', ['']],
    ['upper case', [GOOD.toUpperCase()]],
    ['a trace id of zeros', [`00-${'0'.repeat(32)}-${PARENT}-01`]],
    ['a parent of zeros', [`00-${TRACE}-${'0'.repeat(16)}-01`]],
    ['the forbidden version', [`ff-${TRACE}-${PARENT}-01`]],
    ['more than its version has', [`${GOOD}-more`]],
    ['a later version with another separator', [`01-${TRACE}-${PARENT}-01.more`]],
    ['a short trace id', [`00-${TRACE.slice(1)}-${PARENT}-01`]],
    ['a header behind a line break', [`${GOOD}\r\nSet-Cookie: a=b`]],
    ['a line break at the end', [`${GOOD}\n`]],
    ['a later version with a line break', [`01-${TRACE}-${PARENT}-01-a\r\nb: c`]],
    ['a later version of 10,000 characters', [`01-${TRACE}-${PARENT}-01-${'a'.repeat(10_000)}`]],
    ['spaces around it', [` ${GOOD} `]],
    ['a digit that is none', [`00-${TRACE.slice(0, -1)}٣-${PARENT}-01`]],
  ])('%s is ignored', (_, values) => expect(traceParentOf(values)).toBeUndefined());
});

describe('tracestate', () => {
  it.each([
    ['one', ['rojo=00f067aa0ba902b7'], 'rojo=00f067aa0ba902b7'],
    ['two headers', ['rojo=1', 'congo=t61 x'], 'rojo=1,congo=t61 x'],
    ['empty members', ['a=1, ,b=2,'], 'a=1,b=2'],
    ['a key of a tenant', ['fw529a3039@dt=FfAK'], 'fw529a3039@dt=FfAK'],
  ])('of %s is passed on', (_, values, state) => expect(traceStateOf(values)).toBe(state));

  it.each([
    ['none', []],
    ['only empty members', [' , ']],
    ['a key twice', ['a=1,a=2']],
    ['a key in upper case', ['A=1']],
    ['no value', ['a']],
    ['an empty value', ['a=']],
    ['two equals signs', ['a=b=c']],
    ['a line break', ['a=b\r\nc: d']],
    ['a character that is not ASCII', ['a=ü']],
    ['33 members', [Array.from({ length: 33 }, (__, i) => `k${i}=1`).join(',')]],
    ['513 characters', [`a=${'b'.repeat(255)},c=${'d'.repeat(253)}`]],
  ])('of %s is ignored', (_, values) => expect(traceStateOf(values)).toBeUndefined());
});

describe('the trace of X-Ray', () => {
  const root = 'Root=1-5759e988-bd862e3fe1be46a994272793';
  it.each([
    [`${root};Parent=53995c3f42cd8ad8;Sampled=1`, { parentId: '53995c3f42cd8ad8', isSampled: true }],
    [`${root};Sampled=0;Lineage=1:a`, { isSampled: false }],
    [`Self=1-67891234-12456789abcdef012345678; ${root}`, { isSampled: false }],
    [`${root};Parent=nonsense`, { isSampled: false }],
  ])('%s is read', (value, more) =>
    expect(xrayTraceOf(value)).toEqual({ traceId: '5759e988bd862e3fe1be46a994272793', ...more }),
  );

  it.each([
    '',
    'Root=',
    'Root=1-5759E988-bd862e3fe1be46a994272793',
    `Root=1-${'0'.repeat(8)}-${'0'.repeat(24)}`,
    `${root}${';'.repeat(600)}`,
  ])('%s is ignored', (value) => expect(xrayTraceOf(value)).toBeUndefined());
});

describe('the trace of a request', () => {
  const event = (headers: Readonly<Record<string, readonly string[]>>) => ({ multiValueHeaders: headers });

  it("continues the caller's trace, names its span by the request id, and says so in the response", () => {
    const trace = requestTrace(event({ Traceparent: [GOOD], tracestate: ['a=1'] }), 'request-1');
    expect(trace).toMatchObject({ traceId: TRACE, parentId: PARENT, state: 'a=1', isSampled: false });
    expect(requestTrace(event({}), 'request-1').spanId).toBe(trace.spanId);
    expect(traceResponseHeaders(trace)).toEqual({ traceresponse: `00-${TRACE}-${trace.spanId}-00` });
  });

  it('does not let the caller decide what is recorded', () => {
    const rules = { isSampled: (share: number) => share < 0.5 };
    const ids = Array.from({ length: 400 }, (_, i) => `request-${i}`);
    const sampled = (headers: Readonly<Record<string, readonly string[]>>) =>
      ids.filter((id) => requestTrace(event(headers), id, rules).isSampled);
    expect(sampled({ traceparent: [GOOD] })).toEqual(sampled({ traceparent: [`00-${TRACE}-${PARENT}-00`] }));
    expect(sampled({}).length / ids.length).toBeCloseTo(0.5, 1);
  });

  it("takes the trace of X-Ray, and keeps the caller's id beside it, where X-Ray decides", () => {
    const ofLambda = () => 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    const trace = requestTrace(event({ traceparent: [GOOD] }), 'r', { ofLambda });
    expect(trace).toMatchObject({
      traceId: '5759e988bd862e3fe1be46a994272793',
      parentId: '53995c3f42cd8ad8',
      isSampled: true,
    });
    expect(trace).toMatchObject({ callerTraceId: TRACE });
    expect(traceParentFor(trace, trace.spanId)).toBe(`00-5759e988bd862e3fe1be46a994272793-${trace.spanId}-01`);
  });

  it.each(['a', '3f6c1f2e-8d0b-4c33-9a5e-1b2c3d4e5f60', 'job:42_a.b', 'a'.repeat(80)])(
    'takes the request id %s',
    (id) =>
      expect(traceResponseHeaders(requestTrace(event({ 'X-Request-ID': [id] }), 'r'))).toEqual({ 'x-request-id': id }),
  );

  it.each([
    ['', ['']],
    ['too long', ['a'.repeat(81)]],
    ['twice', ['a', 'b']],
    ['with a line break', ['a\r\nSet-Cookie: b=c']],
    ['with markup', ['<script>']],
    ['with a space', ['a b']],
    ['with quotes', ['a"b']],
    ['in another alphabet', ['é']],
    ['that is a token of another service', [`ghp_${'aB3'.repeat(12)}`]],
    ['that is a card number', ['4111111111111111']],
  ])('ignores a request id %s', (_, values) => {
    const trace = requestTrace(event({ 'x-request-id': values }), 'r');
    expect(traceResponseHeaders(trace)).toEqual({});
    expect(trace).not.toHaveProperty('clientRequestId');
  });

  it('begins a new trace without one that can be read, also with an event that cannot be read', () => {
    const odd = {
      get multiValueHeaders(): never {
        throw new Error('odd');
      },
    };
    const ids = [requestTrace({}, 'r'), requestTrace(odd, ''), requestTrace(event({ traceparent: ['x'] }), 'r')];
    expect(requestTrace({}, 'a').traceId).toBe(requestTrace({}, 'a').traceId);
    for (const { traceId, spanId } of ids) expect(`${traceId}-${spanId}`).toMatch(/^[\da-f]{32}-[\da-f]{16}$/);
  });

  it('names its span by digits of the request id where that is a UUID: 500 of them have different spans, the same for any caller', () => {
    const ids = Array.from({ length: 500 }, () => randomUUID());
    const spans = ids.map((id) => requestTrace({}, id).spanId);
    expect(spans.filter((span) => !/^[\da-f]{8}[a-f][\da-f]{7}$/.test(span))).toEqual([]);
    expect(new Set(spans).size).toBe(500);
    expect(spans).toEqual(ids.map((id) => requestTrace(event({ traceparent: [GOOD] }), id).spanId));
  });

  it('has ids that the log does not take for card numbers', () => {
    const ids = Array.from({ length: 5_000 }, newSpanId);
    expect(ids.filter((id) => redact('spanId', id) !== id)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { compileMapping } from '../../gateway/vtl/evaluate.ts';
import { parseTemplate } from '../../gateway/vtl/parse.ts';
import { VtlError } from '../../gateway/vtl/syntax.ts';
import { anApi, aRequestState } from '../support/gateway.ts';

const scope = { api: anApi(), account: '1' };
const run = (template: string, headers: Readonly<Record<string, string>> = {}, query = {}) =>
  compileMapping(template, scope)({ state: aRequestState({ headers, query }) });
const text = (template: string, headers?: Readonly<Record<string, string>>, query = {}) =>
  run(template, headers, query)?.text;

describe('a mapping template', () => {
  it.each([
    ['plain text', 'plain text'],
    ['costs $5 #1 a\\b', 'costs $5 #1 a\\b'],
    ['a## comment\nb', 'ab'],
    ['a#* comment *#b', 'ab'],
    ['#set($a = "x")$a', 'x'],
    ["#set($a = 'x$a')$a", 'x$a'],
    ['#set($a = "x")#set($b = "<$a>")$b', '<x>'],
    ['#set($a = 5)\n$a', '5'],
    ['$unknown', '$unknown'],
    ['$!unknown!', '!'],
    ['$context.unknown!', '!'],
    ['$context.httpMethod', 'GET'],
    ['#if(true)yes#{else}no#end', 'yes'],
    ['#if(false)a#elseif(1 == 1)b#else c#end', 'b'],
    ['#if(false)\na\n#else\nb\n#end\nc', 'b\nc'],
    ['#if($x)yes#{else}no#end', 'no'],
    ['#if(!$x)yes#end', 'yes'],
    ['#if($x == "a")yes#{else}no#end', 'no'],
    ['#if("a" != "b" && !("a" == "b"))yes#end', 'yes'],
    ['#if("a" == "b" || "a" == "a")yes#end', 'yes'],
    ['#if("a" eq "a" and not false)yes#end', 'yes'],
    ['#set($list = ["a", "b"])#if($list.contains("b"))yes#end', 'yes'],
    ['#if("ab".length)yes#end', undefined],
    ['#set($s = "https://a.example.com")#if($s.matches("https://.*\\.example\\.com"))yes#end', 'yes'],
    ['#set($s = "https://a.example.com.evil")#if($s.matches("https://.*\\.example\\.com"))yes#{else}no#end', 'no'],
    ['#if(true)#if(false)a#{else}b#end c#end', 'b c'],
  ])('%j becomes %j', (template, expected) => {
    if (expected === undefined) return expect(() => text(template)).toThrow(VtlError);
    expect(text(template)).toBe(expected);
  });

  it('reads parameters by their spelling, in path, query and headers', () => {
    expect(text('$input.params("Origin")|$input.params("origin")', { Origin: 'a' })).toBe('a|');
    expect(text('$input.params("id")|$input.params().header.get("x")', { x: 'y' })).toBe('7|y');
    expect(text('$input.params("x")', { x: 'header' }, { x: ['query'] })).toBe('query');
    expect(text('#if($input.params().header.get("x") == "y")a#{else}b#end', {})).toBe('b');
  });

  it('overrides headers and status of the response', () => {
    const template = '#set($context.responseOverride.header.X-A = "1")#set($context.responseOverride.status = 201)';
    expect(run(template)).toEqual({ text: '', headers: new Map([['X-A', '1']]), status: 201 });
  });

  it('fails when it overrides a header twice, as API Gateway does', () => {
    const twice = '#set($context.responseOverride.header.X = "1")'.repeat(2);
    expect(run(twice)).toBeUndefined();
  });

  it.each([
    '#foreach($a in [1])$a#end',
    '#macro(a)b#end',
    '#parse("a")',
    '#if($a > 1)b#end',
    '#set($a = 1 + 1)',
    '#set($a = {"b": 1})',
    '#set($a.b = 1)',
    '#set($context.requestOverride.header.x = "1")',
    '#set($input = 1)',
    '$input.json("$")',
    '$input.body',
    '$util.escapeJavaScript("a")',
    '$a.replaceAll("b", "c")',
    '$a.contains()',
    '$a[0]',
    '#if(true)a',
    'a#end',
    '#else',
    '#if()a#end',
    '#set($a)',
    '#if("a)b#end',
  ])('with what is not emulated fails at start: %j', (template) => {
    expect(() => parseTemplate(template)).toThrow(VtlError);
  });
});

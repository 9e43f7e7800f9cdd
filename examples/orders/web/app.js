import { repeatable } from './repeatable.js';
import { finishSignIn, startSignIn } from './signIn.js';

const config = await (await fetch('config.json')).json();
const byId = (id) => document.getElementById(id);
const say = (text) => {
  byId('message').textContent = text;
};
const tenant = () => sessionStorage.getItem('tenant');
const placeOnce = repeatable();
const importOnce = repeatable();
let token;

/** Calls the API of the signed-in company; throws the detail of a problem. */
async function call(method, path, { body, headers = {}, type = 'application/json' } = {}) {
  const response = await fetch(`${config.api}/tenants/${tenant()}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined || body instanceof FormData ? {} : { 'content-type': type }),
      ...headers,
    },
    body: body === undefined || body instanceof FormData ? body : JSON.stringify(body),
  });
  byId('limits').textContent = response.headers.get('ratelimit') ?? '';
  if (response.ok) return response;
  const problem = await response.json();
  const [fault] = problem.errors ?? [];
  throw new Error(fault === undefined ? (problem.detail ?? problem.title) : `${problem.title}: ${fault.message}`);
}

async function show() {
  const { items } = await (await call('GET', '/orders')).json();
  byId('orders').replaceChildren(...items.map(rowOf));
}

function rowOf(order) {
  const row = document.createElement('tr');
  for (const cell of [order.article, order.quantity, order.status]) row.insertCell().textContent = cell;
  const actions = row.insertCell();
  if (order.status !== 'open') return row;
  actions.append(
    button(`One more ${order.article}`, '+1', async () => {
      const body = { quantity: order.quantity + 1 };
      const headers = { 'if-match': `"${order.version}"` };
      const response = await call('PATCH', `/orders/${order.id}`, {
        body,
        headers,
        type: 'application/merge-patch+json',
      });
      say(`Changed to version ${response.headers.get('etag')}.`);
    }),
    button(`Cancel ${order.article}`, 'Cancel', async () => {
      await call('POST', `/orders/${order.id}/cancel`);
      say('Cancelled.');
    }),
  );
  return row;
}

function button(label, text, act) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.ariaLabel = label;
  made.addEventListener('click', () => attempt(act));
  return made;
}

/** Runs an action, then shows the orders; says what went wrong. */
async function attempt(act) {
  try {
    await act();
    await show();
  } catch (error) {
    say(error.message);
  }
}

byId('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem('tenant', new FormData(event.target).get('tenant'));
  startSignIn(config).catch((error) => say(error.message));
});
byId('place').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const body = { article: form.get('article'), quantity: Number(form.get('quantity')) };
  attempt(async () => {
    const response = await placeOnce(body, (headers) => call('POST', '/orders', { body, headers }));
    say(`Placed ${response.headers.get('location')}.`);
  });
});
byId('export').addEventListener('click', () =>
  attempt(async () => {
    const link = Object.assign(document.createElement('a'), {
      href: URL.createObjectURL(new Blob(await exportedPages(), { type: 'text/csv' })),
      download: 'orders.csv',
    });
    link.click();
    URL.revokeObjectURL(link.href);
    say('Exported.');
  }),
);
byId('import').addEventListener('change', ({ target }) =>
  attempt(async () => {
    const [file] = target.files;
    const body = new FormData();
    body.set('file', file);
    // The same file can be chosen again, as after a network error.
    target.value = '';
    const { name, size, lastModified } = file;
    const response = await importOnce({ name, size, lastModified }, (headers) =>
      call('POST', '/imports', { body, headers }),
    );
    const { orders } = await response.json();
    say(`Imported ${orders} orders.`);
  }),
);

/** The pages of the CSV file, with one header row. */
async function exportedPages() {
  const pages = [];
  let next = '/orders.csv';
  while (next !== undefined) {
    const response = await call('GET', next, { headers: { accept: 'text/csv' } });
    const page = await response.text();
    pages.push(pages.length === 0 ? page : page.slice(page.indexOf('\r\n') + 2));
    next = /<[^>]*(\/orders\.csv\?[^>]*)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  }
  return pages;
}

try {
  token = await finishSignIn(config);
  if (token !== undefined) {
    byId('sign-in').hidden = true;
    byId('shop').hidden = false;
    await show();
  }
} catch (error) {
  say(error.message);
}

import { finishSignIn, startSignIn } from './signIn.js';

const config = await (await fetch('config.json')).json();
const byId = (id) => document.getElementById(id);
const say = (text) => {
  byId('message').textContent = text;
};
const tenant = () => sessionStorage.getItem('tenant');
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
  // The same key for the same press of the button: a repeated request places one order.
  const headers = { 'idempotency-key': crypto.randomUUID() };
  attempt(async () => {
    const response = await call('POST', '/orders', { body, headers });
    say(`Placed ${response.headers.get('location')}.`);
  });
});
byId('export').addEventListener('click', () =>
  attempt(async () => {
    const file = await (await call('GET', '/orders.csv', { headers: { accept: 'text/csv' } })).blob();
    const link = Object.assign(document.createElement('a'), {
      href: URL.createObjectURL(file),
      download: 'orders.csv',
    });
    link.click();
    URL.revokeObjectURL(link.href);
    say('Exported.');
  }),
);
byId('import').addEventListener('change', (event) =>
  attempt(async () => {
    const body = new FormData();
    body.set('file', event.target.files[0]);
    const { orders } = await (await call('POST', '/imports', { body })).json();
    say(`Imported ${orders} orders.`);
  }),
);

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

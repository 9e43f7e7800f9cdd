import { App, Stack } from 'aws-cdk-lib';
import { Identity, Notify, SecureApi } from '../../../lib/index.ts';
import { notes } from './notes.ts';

const stack = new Stack(new App(), 'Notes');

new SecureApi(stack, 'Api', {
  definition: notes,
  handlers: './handlers',
  identity: Identity.oidc({ issuer: 'https://login.example.com', audience: 'notes' }),
  notify: [Notify.email('ops@example.com')],
});

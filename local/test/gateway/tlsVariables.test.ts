import { expect, it } from 'vitest';
import { contextReader } from '../../gateway/contextVariables.ts';
import { requestContext } from '../../gateway/requestContext.ts';
import type { RequestState } from '../../gateway/requestState.ts';
import { anApi, aRequestState } from '../support/gateway.ts';

const clientCert = {
  clientCertPem: '-----BEGIN CERTIFICATE-----',
  subjectDN: 'CN=partner',
  issuerDN: 'CN=CA',
  serialNumber: 'a1:b2',
  validity: { notBefore: 'May 28 12:30:02 2026 GMT', notAfter: 'Aug  5 09:36:04 2026 GMT' },
};

it('shows the connection and the certificate of the client to access logs, and to no other place when there is none', () => {
  const api = anApi();
  const plain = aRequestState();
  const state: RequestState = { ...plain, request: { ...plain.request, clientCert } };
  const read = (name: string, of = state) => contextReader(name, api, '111111111111')({ state: of });
  expect([read('tlsVersion'), read('cipherSuite')]).toEqual(['TLSv1.3', 'TLS_AES_128_GCM_SHA256']);
  const names = ['clientCertPem', 'subjectDN', 'issuerDN', 'serialNumber', 'validity.notBefore', 'validity.notAfter'];
  expect(names.map((name) => read(`identity.clientCert.${name}`))).toEqual([
    clientCert.clientCertPem,
    'CN=partner',
    'CN=CA',
    'a1:b2',
    clientCert.validity.notBefore,
    clientCert.validity.notAfter,
  ]);
  expect(names.map((name) => read(`identity.clientCert.${name}`, plain))).toEqual(names.map(() => undefined));
  expect(requestContext(state, api, '1').identity).toMatchObject({ clientCert });
  expect(requestContext(plain, api, '1').identity).not.toHaveProperty('clientCert');
});

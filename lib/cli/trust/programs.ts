import { type Method, type System, shellWord, type TrustedCa } from './systems.ts';

/** How runtimes trust a CA, each for one process. `url` is that of the running gateway, if there is one. */
export function runtimeMethods(system: System | undefined, { path, name }: TrustedCa, url = 'https://…'): Method[] {
  const file = shellWord(path, system);
  const set = (variable: string): string =>
    system === 'windows' ? `$env:${variable} = ${file}` : `export ${variable}=${file}`;
  const hasStore = system === 'windows' || system === 'macos';
  const store = `${name}.p12`;
  return [
    runtime('Node.js', [set('NODE_EXTRA_CA_CERTS')], 'in addition to its own CAs; read when the process starts'),
    runtime('curl', [`curl --cacert ${file} ${url}`], 'or CURL_CA_BUNDLE, for several commands'),
    runtime('Python requests', [set('REQUESTS_CA_BUNDLE')], 'in place of its own CAs'),
    runtime('Python httpx', [set('SSL_CERT_FILE')], 'in place of its own CAs'),
    runtime(
      'Java',
      [
        `keytool -importcert -noprompt -alias ${name} -file ${file} -keystore ${store} -storetype PKCS12 -storepass changeit`,
        `java -Djavax.net.ssl.trustStore=${store} -Djavax.net.ssl.trustStorePassword=changeit …`,
      ],
      'a separate trust store, in place of that of Java',
    ),
    hasStore
      ? runtime('Go', ['uses the store of the system'], 'SSL_CERT_FILE has no effect here; or RootCAs of tls.Config')
      : runtime('Go', [set('SSL_CERT_FILE')], 'in place of the CAs of the system'),
    hasStore
      ? runtime('.NET', ['uses the store of the system'])
      : runtime('.NET', [set('SSL_CERT_FILE')], 'in place of the CAs of the system'),
    runtime('Git', [`git -c http.sslCAInfo=${file} clone https://…`], 'or GIT_SSL_CAINFO'),
  ];
}

function runtime(name: string, trust: readonly string[], note?: string): Method {
  return { name, kind: 'runtime', trust, ...(note === undefined ? {} : { note }) };
}

/**
 * How browsers trust a CA.
 * https://chromium.googlesource.com/chromium/src/+/main/docs/linux/cert_management.md and
 * https://support.mozilla.org/en-US/kb/automatically-trust-third-party-certificates
 */
export function browserMethods(system: System | undefined, ca: TrustedCa): Method[] {
  const { path, name } = ca;
  const file = shellWord(path, system);
  const hasStore = system === 'windows' || system === 'macos';
  const firefox: Method = {
    name: 'Firefox',
    kind: 'browser',
    trust: [
      'firefox -CreateProfile secure-api',
      'firefox -P secure-api',
      `Settings → Privacy & Security → View Certificates → Authorities → Import ${path}`,
    ],
    undo: ['delete the profile in about:profiles'],
    note: `in a profile for tests alone${hasStore ? '; Firefox also uses what you add to the system, since 120' : ''}`,
  };
  const chromium: Method = hasStore
    ? {
        name: 'Chrome, Edge',
        kind: 'browser',
        trust: ['uses the store of the system'],
        note: 'all profiles: those for other sites too',
      }
    : {
        name: 'Chrome, Edge',
        kind: 'browser',
        trust: [`certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n ${name} -i ${file}`],
        undo: [`certutil -d sql:$HOME/.pki/nssdb -D -n ${name}`],
        note: `all profiles of your user; certutil is in ${nssPackage(system)}`,
      };
  if (system !== 'macos') return [firefox, chromium];
  return [firefox, chromium, { name: 'Safari', kind: 'browser', trust: ['uses the store of the system'] }];
}

function nssPackage(system: System | undefined): string {
  return system === 'debian' ? 'libnss3-tools' : 'nss-tools';
}

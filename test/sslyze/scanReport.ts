interface Attempt {
  readonly result: { readonly is_tls_version_supported: boolean } | null;
}

/** The part of sslyze's JSON report that is read here. */
export interface ScanReport {
  readonly server_scan_results: readonly {
    readonly scan_result: Readonly<Record<string, Attempt | undefined>> | null;
  }[];
}

const FIELDS = {
  'SSL 2.0': 'ssl_2_0_cipher_suites',
  'SSL 3.0': 'ssl_3_0_cipher_suites',
  '1.0': 'tls_1_0_cipher_suites',
  '1.1': 'tls_1_1_cipher_suites',
  '1.2': 'tls_1_2_cipher_suites',
  '1.3': 'tls_1_3_cipher_suites',
} as const;

/** The versions that the server accepted, oldest first. */
export function versionsIn({ server_scan_results: [server] }: ScanReport): readonly string[] {
  const isAccepted = (field: string) => server?.scan_result?.[field]?.result?.is_tls_version_supported === true;
  return Object.entries(FIELDS).flatMap(([version, field]) => (isAccepted(field) ? [version] : []));
}

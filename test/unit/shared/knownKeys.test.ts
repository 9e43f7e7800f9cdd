import { describe, expect, it } from 'vitest';
import { hideSecrets } from '../../../lambdas/shared/hideSecrets.ts';

/** Beginnings by which services let their secrets be found. `b*20` stands for twenty letters. */
const BEGINNINGS = `
  AKIA*17 ASIA*17 gho_b*20 ghp_b*20 ghs_b*20 ghu_b*20 ghr_b*20 github_pat_b glpat-b gldt-b glrt-b glft-b
  glsoat-b glimt-b glagent-b gloas-b glcbt-b glptt-b glffct-b xoxa-b xapp-1 rk_live_b rk_test_b rk_prod_b
  sk_live_b sk_test_b sk_prod_b whsec_b npm_b*20 pypi-b*16 rubygems_b*16 AIzab ya29. GOCSPX- sk-proj-b sk-ant-b
  sk-or-b sk-svcacct-b sk-admin-b sk-lf-b sk-A*20 hf_b*20 r8_b*20 gsk_b*20 xai-b*20 pplx-b*20 SG.a*16 shpat_b
  shpca_b shppa_b shpss_b sq0aaa- EAAAa*40 doo_v1_ dop_v1_ dor_v1_ dapi1*32 dp.pt.b dp.st.b dp.ct.b dp.sa.b
  hvb.b*16 hvs.b*16 hvr.b*16 b*14.atlasv1. PMAK-b ATATT3 ATCTT3 ATBBb*16 NRAK- glc_b*16 glsa_b*16 sntrys_
  sntryu_ dckr_pat_ dckr_oat_ pscale_tkn_ pscale_pw_ pscale_oauth_ sbp_b*16 sbs_b*16 sb_secret_ ntn_b*20
  lin_api_ lin_oauth_ figd_b*16 figo_b*16 fm1_b*16 fm2_b*16 fo1_b*16 fo2_b*16 FlyV1 AGE-SECRET-KEY- tskey-b
  nvapi- pul-1*40 LTAIb*16 SK1*32 key-1*32 bbb8Q~ EZAKb*16 EZTKb*16 sl.a*40 xkeysib- CLOJARS_b CCIPAT_b CCIPRJ_b
  sqa_b*20 sqp_b*20 squ_b*20 dt0c01. pcsk_b lsv2_pt_ lsv2_sk_ tvly-b*16 bkua_b secret_b*40 AKCpb*40 patb*14.1*16
  apify_api_b access_token$production$ FLWSECK phx_b*16 tfp_b*16 11111111:AAa*33 services/Tbbbbbb/Bbbbbbb/
  webhooks/1*15/a*40
`
  .trim()
  .split(/\s+/)
  .map((text) =>
    text.replaceAll(/(.)\*(\d+)/g, (_, character: string, count: string) => character.repeat(Number(count))),
  );
/** What is found has at least sixteen characters. */
const REST = 'b'.repeat(16);

describe('a key with a known beginning', () => {
  it.each(BEGINNINGS)('is hidden wherever a word begins: %s', (beginning) => {
    const key = `${beginning}${REST}`;
    expect(hideSecrets(key)).toBe('[redacted]');
    expect(hideSecrets(`a/b/${key} c`)).toBe('a/b/[redacted] c');
    expect(hideSecrets(`AKIA/${key}`)).toBe('AKIA/[redacted]');
  });

  it('is none inside a word, or with another letter in it', () => {
    for (const beginning of BEGINNINGS) expect(hideSecrets(`z${beginning}${REST}`)).toBe(`z${beginning}${REST}`);
  });

  it.each(['ghx_', 'rk_other_', 'glxx-', 'xoxb_', 'AKIB', 'PMAK_', 'b.atlas1.', 'services/X1234567/B1234567/'])(
    'is none with other letters: %s',
    (text) => {
      expect(hideSecrets(`${text}${REST}`)).toBe(`${text}${REST}`);
    },
  );

  it('is the first one of several', () => {
    expect(hideSecrets(`a/bbb8Q~x/ya29.${REST}`)).toBe('a/[redacted]');
    expect(hideSecrets(`a/ya29.x/bbb8Q~${REST}`)).toBe('a/[redacted]');
  });
});

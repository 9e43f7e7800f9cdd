/**
 * ISO 3166-1 alpha-2, officially assigned codes, by their first letter, as a regular expression takes them.
 * https://www.iso.org/iso-3166-country-codes.html
 */
export const COUNTRY_CODES = [
  'A[DEFGILMOQRSTUWXZ]',
  'B[ABDEFGHIJLMNOQRSTVWYZ]',
  'C[ACDFGHIKLMNORUVWXYZ]',
  'D[EJKMOZ]',
  'E[CEGHRST]',
  'F[IJKMOR]',
  'G[ABDEFGHILMNPQRSTUWY]',
  'H[KMNRTU]',
  'I[DELMNOQRST]',
  'J[EMOP]',
  'K[EGHIMNPRWYZ]',
  'L[ABCIKRSTUVY]',
  'M[ACDEFGHKLMNOPQRSTUVWXYZ]',
  'N[ACEFGILOPRUZ]',
  'OM',
  'P[AEFGHKLMNRSTWY]',
  'QA',
  'R[EOSUW]',
  'S[ABCDEGHIJKLMNORSTVXYZ]',
  'T[CDFGHJKLMNORTVWZ]',
  'U[AGMSYZ]',
  'V[ACEGINU]',
  'W[FS]',
  'Y[ET]',
  'Z[AMW]',
].join('|');

/**
 * ISO 4217, list one (current currencies), without funds, metals and the codes for tests and for no currency.
 * https://www.six-group.com/en/products-services/financial-information/market-reference-data/data-standards.html
 */
export const CURRENCY_CODES = [
  'A(?:ED|FN|LL|MD|OA|RS|UD|WG|ZN)',
  'B(?:AM|BD|DT|HD|IF|MD|ND|OB|RL|SD|TN|WP|YN|ZD)',
  'C(?:AD|DF|HF|LP|NY|OP|RC|UP|VE|ZK)',
  'D(?:JF|KK|OP|ZD)',
  'E(?:GP|RN|TB|UR)',
  'F(?:JD|KP)',
  'G(?:BP|EL|HS|IP|MD|NF|TQ|YD)',
  'H(?:KD|NL|TG|UF)',
  'I(?:DR|LS|NR|QD|RR|SK)',
  'J(?:MD|OD|PY)',
  'K(?:ES|GS|HR|MF|PW|RW|WD|YD|ZT)',
  'L(?:AK|BP|KR|RD|SL|YD)',
  'M(?:AD|DL|GA|KD|MK|NT|OP|RU|UR|VR|WK|XN|YR|ZN)',
  'N(?:AD|GN|IO|OK|PR|ZD)',
  'OMR',
  'P(?:AB|EN|GK|HP|KR|LN|YG)',
  'QAR',
  'R(?:ON|SD|UB|WF)',
  'S(?:AR|BD|CR|DG|EK|GD|HP|LE|OS|RD|SP|TN|VC|YP|ZL)',
  'T(?:HB|JS|MT|ND|OP|RY|TD|WD|ZS)',
  'U(?:AH|GX|SD|YU|ZS)',
  'V(?:ED|ES|ND|UV)',
  'WST',
  'X(?:AF|CD|CG|OF|PF)',
  'YER',
  'Z(?:AR|MW|WG)',
].join('|');

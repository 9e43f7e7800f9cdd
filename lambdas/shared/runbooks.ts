/** The runbooks of this project; the package has them, too, in `docs/runbooks/`. */
export const RUNBOOKS = 'https://github.com/secure-api/secure-api/blob/main/docs/runbooks/';

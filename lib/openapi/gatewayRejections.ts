import { type GatewayResponseType, PROBLEMS, type Problem, type ProblemCode } from '../../lambdas/shared/problems.ts';

/** How a gateway response differs from the problem document that it holds. */
interface ResponseOptions {
  /** Of a throttle, the definition says how long a bucket takes to hold a token again. */
  readonly retryAfterSeconds?: number | 'of the slowest limit';
  /** What the response asks for (`WWW-Authenticate`). */
  readonly challenge?: 'token' | 'scope';
  /** API Gateway does not allow another status of this type. */
  readonly fixedStatus?: true;
}

/** One type of gateway response and its problem. */
export interface GatewayRejection extends ResponseOptions {
  readonly type: GatewayResponseType;
  readonly code: ProblemCode;
  /** Absent where the type has several statuses. */
  readonly status?: number;
  readonly title: string;
  readonly detail?: string;
}

/** A lower bound: the quota returns with the next day, week or month, which a static header cannot know. */
const QUOTA_SECONDS = 3600;
/** The authorizer calls an unavailable issuer no more often. */
const UNDECIDED_SECONDS = 10;

const OPTIONS: { readonly [Type in GatewayResponseType]?: ResponseOptions } = {
  ACCESS_DENIED: { challenge: 'scope' },
  AUTHORIZER_FAILURE: { retryAfterSeconds: UNDECIDED_SECONDS },
  QUOTA_EXCEEDED: { retryAfterSeconds: QUOTA_SECONDS },
  REQUEST_TOO_LARGE: { fixedStatus: true },
  THROTTLED: { retryAfterSeconds: 'of the slowest limit' },
  UNAUTHORIZED: { challenge: 'token' },
};

/**
 * Every gateway response type that an API can return, in alphabetical order. A response to a server error says nothing
 * of its cause.
 */
export const GATEWAY_REJECTIONS: readonly GatewayRejection[] = (Object.keys(PROBLEMS) as ProblemCode[])
  .flatMap(rejectionsOf)
  .sort((a, b) => (a.type < b.type ? -1 : 1));

function rejectionsOf(code: ProblemCode): readonly GatewayRejection[] {
  const { gateway = {}, status, title }: Problem = PROBLEMS[code];
  return Object.entries(gateway).map(([name, cause]) => {
    const type = name as GatewayResponseType;
    return { type, code, status, title, ...cause, ...OPTIONS[type] };
  });
}

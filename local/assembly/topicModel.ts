/** A topic of SNS with its subscriptions. */
export interface TopicModel {
  readonly arn: string;
  readonly name: string;
  readonly subscriptions: readonly {
    readonly protocol: string;
    readonly endpoint: string;
    /** ARN of the queue of what the endpoint did not take. */
    readonly deadLetters?: string;
  }[];
}

/** ListBuckets. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
import type { BucketModel } from '../../assembly/model.ts';
import { escaped } from './error.ts';

/** The XML of the names of all buckets. The local S3 does not know when a bucket was made. */
export function listBuckets(buckets: readonly BucketModel[]): string {
  const names = buckets.map(({ name }) => `<Bucket><Name>${escaped(name)}</Name></Bucket>`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListAllMyBucketsResult><Buckets>${names.join('')}</Buckets></ListAllMyBucketsResult>`;
}

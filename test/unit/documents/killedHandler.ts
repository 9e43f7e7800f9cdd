/** A process that runs one handler, so that a test can kill it half-way: `node killedHandler.ts <handler> <document>`. */
import { handler as addAttachment } from '../../../lambdas/documents/addAttachment.ts';
import { handler as deleteDocument } from '../../../lambdas/documents/deleteDocument.ts';

const [name, id] = process.argv.slice(2);
const file = {
  name: 'a.png',
  extension: '.png',
  type: 'image/png',
  bytes: Buffer.from('a'),
  sha256: 'ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=',
};
const request = { path: { id }, files: [file], log: console };
await (name === 'addAttachment' ? addAttachment : deleteDocument).fn(request as never);

/** Adds keys until it is killed, and prints the id of each that is stored: `node keyProcess.ts <data>`. */
import { keyRegistry } from '../../services/apigateway/keyRegistry.ts';
import { aStack } from './gateway.ts';

const [data = ''] = process.argv.slice(2);
const keys = keyRegistry(data, aStack());
for (let i = 0; ; i++) {
  const id = `${process.pid}-${i}`;
  keys.add({ id, value: id.padEnd(40, 'x'), enabled: true, planIds: [] });
  if (i % 3 === 0) keys.setEnabled(id, false);
  await keys.stored();
  process.stdout.write(`${id}\n`);
}

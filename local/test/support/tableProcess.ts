/** Runs as a separate process: serves the tables of argument 2 from directory 1, until it is killed. */
import { startDynamoDb } from '../../services/dynamodb/start.ts';
import { access } from './services.ts';

const [data = '', tables = '[]'] = process.argv.slice(2);
const { url } = await startDynamoDb(data, JSON.parse(tables), access);
process.stdout.write(`${url}\n`);

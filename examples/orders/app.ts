import { App } from 'aws-cdk-lib';
import { OrdersStack } from './stack.ts';

const app = new App();
new OrdersStack(app, 'Orders', { description: 'A shop for several companies' });

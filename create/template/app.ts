import { App } from 'aws-cdk-lib';
import { ApiStack } from './stack.ts';

const app = new App();

new ApiStack(app, 'MyApi', { description: 'The API my-api' });

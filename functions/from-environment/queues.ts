import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { awsClientOptions } from '../adapters/aws-client-options.ts';
import { sqsAlertQueue } from '../adapters/sqs-alert-queue.ts';
import { sqsRouteQueues } from '../adapters/sqs-route-queues.ts';
import type { AlertQueue, RouteQueues } from '../core/ports.ts';
import { type Environment, requiredValue } from './environment.ts';

const queueUrlsSchema = z.record(z.string(), z.url());

/** The poll's end of all queues. */
export function routeQueuesFrom(environment: Environment): RouteQueues {
  return sqsRouteQueues({
    client: new SQSClient(awsClientOptions(environment, 'SQS')),
    queueUrls: queueUrlsSchema.parse(JSON.parse(requiredValue(environment, 'ROUTE_QUEUE_URLS'))),
  });
}

/** The poster's end of its one queue. */
export function alertQueueFrom(environment: Environment): AlertQueue {
  return sqsAlertQueue({
    client: new SQSClient(awsClientOptions(environment, 'SQS')),
    queueUrl: requiredValue(environment, 'QUEUE_URL'),
    deadLetterQueueUrl: requiredValue(environment, 'DEAD_LETTER_QUEUE_URL'),
  });
}

import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { awsClientOptions } from '../adapters/aws-client-options.ts';
import { sqsAlertQueue } from '../adapters/sqs/alert-queue.ts';
import { sqsDeadLetters } from '../adapters/sqs/dead-letters.ts';
import { sqsRouteQueues } from '../adapters/sqs/route-queues.ts';
import type { AlertQueue } from '../core/records/alert-queue.ts';
import type { DeadLetters } from '../core/records/dead-letters.ts';
import type { RouteQueues } from '../core/records/route-queues.ts';
import { type Environment, type EnvironmentName, requiredValue } from './environment.ts';

const queueUrlsSchema = z.record(z.string(), z.url());

/** The sending ends of all queues. */
export function routeQueuesFrom(environment: Environment): RouteQueues {
  return sqsRouteQueues({
    client: new SQSClient(awsClientOptions(environment, 'SQS')),
    queueUrls: queueUrlsIn(environment, 'ROUTE_QUEUE_URLS'),
  });
}

/** The dead-letter queues of all routes. */
export function deadLettersFrom(environment: Environment): DeadLetters {
  return sqsDeadLetters({
    client: new SQSClient(awsClientOptions(environment, 'SQS')),
    queueUrls: queueUrlsIn(environment, 'DEAD_LETTER_QUEUE_URLS'),
  });
}

/** Ids of the routes that have a queue: those that were deployed. */
export function routesWithQueues(environment: Environment): string[] {
  return Object.keys(queueUrlsIn(environment, 'ROUTE_QUEUE_URLS'));
}

function queueUrlsIn(environment: Environment, name: EnvironmentName): Record<string, string> {
  return queueUrlsSchema.parse(JSON.parse(requiredValue(environment, name)));
}

/** The receiving end of the poster's one queue. */
export function alertQueueFrom(environment: Environment): AlertQueue {
  return sqsAlertQueue({
    client: new SQSClient(awsClientOptions(environment, 'SQS')),
    queueUrl: requiredValue(environment, 'QUEUE_URL'),
    deadLetterQueueUrl: requiredValue(environment, 'DEAD_LETTER_QUEUE_URL'),
  });
}

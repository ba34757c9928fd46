import { GetEventSourceMappingCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import type { Deployment } from './deployment.ts';
import { until } from './steps.ts';

const CHANGED_MS = 30_000;

/** Has a route's poster take messages from its queue, or leave them there. */
export async function setDelivery(route: string, state: 'Enabled' | 'Disabled', deployment: Deployment): Promise<void> {
  const UUID = deployment.one('AWS::Lambda::EventSourceMapping', `Route${route}Deliveries`).physicalId;
  await deployment.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: state === 'Enabled' }));
  await until(`the deliveries of ${route}`, CHANGED_MS, async () => {
    const { State } = await deployment.lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return State === state ? { State } : `They are ${State}.`;
  });
}

import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { awsClientOptions } from '../../../functions/adapters/aws-client-options.ts';
import settings from '../../../functions/settings.ts';
import { routeQueuesFrom } from '../../../functions/wiring/queues.ts';
import { type DiscordStandIn, startDiscordStandIn } from '../../../lib/local/discord-stand-in/discord-stand-in.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../lib/local/embedded-aws.ts';
import { startPipeline } from '../../../lib/local/local-pipeline.ts';
import { discordFor } from '../../../lib/local/local-settings.ts';
import { startParameterStore } from '../../../lib/local/parameter-store-stand-in.ts';
import { alertOf } from '../../core/delivery/alert-of.ts';
import { recordingJournal } from '../../fakes/recording-journal.ts';

const TEN = Array.from({ length: 10 }, (_, index) => index + 1);

const running: { stop(): Promise<void> }[] = [];
let aws: EmbeddedAws;
let discord: DiscordStandIn;

/** Ten alerts wait for `vip`, and ten for `stripe`, whose channel takes none for a minute, before a poster begins. */
beforeAll(async () => {
  aws = await run(startEmbeddedAws({ routes: settings.routes.map(({ id }) => id) }));
  discord = await run(startDiscordStandIn(discordFor(settings)));
  const parameters = await run(startParameterStore(discordFor(settings).parameters));
  const environment = { ...aws.environment, AWS_ENDPOINT_URL_SSM: parameters.url, DISCORD_API_URL: discord.url };
  const queues = routeQueuesFrom(environment);
  await queues.send(
    'vip',
    TEN.map((uid) => alertOf(uid)),
  );
  await queues.send(
    'stripe',
    TEN.map((uid) => ({ ...alertOf(100 + uid), route: 'stripe' })),
  );
  discord.faults.add({
    channelId: channelOf('stripe'),
    outcome: { kind: 'answer', status: 429, body: JSON.stringify({ message: 'Slow down', retry_after: 60 }) },
  });
  const pipeline = await run(
    Promise.resolve(
      startPipeline({ settings, environment, queues: aws }, recordingJournal(), ({ text }) => {
        throw new Error(text);
      }),
    ),
  );
  await pipeline.drained();
});
afterAll(async () => {
  for (const server of running.reverse()) await server.stop();
});

async function run<Server extends { stop(): Promise<void> }>(starting: Promise<Server>): Promise<Server> {
  const server = await starting;
  running.push(server);
  return server;
}

function channelOf(route: string): string {
  const target = settings.routes.find(({ id }) => id === route)?.target;
  return target?.kind === 'bot' ? target.channelId : '';
}

it('a poster takes as many alerts at once as the stack lets it, which is as many as one post can show', () => {
  const posts = discord.posts().filter(({ channelId }) => channelId === channelOf('vip'));
  expect(posts.map(({ body }) => body.embeds?.length)).toEqual([TEN.length]);
});

it('an alert that Discord puts off is named in the answer to the queue, and so stays there', async () => {
  const sqs = new SQSClient(awsClientOptions(aws.environment, 'SQS'));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: aws.queueUrls.stripe,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  sqs.destroy();
  expect(discord.posts().filter(({ channelId }) => channelId === channelOf('stripe'))).toEqual([]);
  expect(Attributes).toEqual({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: String(TEN.length),
  });
});

import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { awsClientOptions } from '../../functions/adapters/aws-client-options.ts';
import { snsAlarmPath } from '../../functions/adapters/sns-alarm-path.ts';
import { type LoopbackServer, startLoopbackServer } from '../../lib/local/loopback-server.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:alarms';
const EMAIL = 'ops@example.com';

type Subscription = { arn: string; endpoint: string; protocol?: string };

let server: LoopbackServer;
let client: SNSClient;
let pages: Subscription[][];
let refusal: string | undefined;

/** As SNS answers: the Query protocol, in XML. */
beforeAll(async () => {
  server = await startLoopbackServer(async ({ body }) => {
    const query = new URLSearchParams(body);
    if (query.get('Action') !== 'ListSubscriptionsByTopic' || query.get('TopicArn') !== TOPIC) return xml(400, '');
    if (refusal)
      return xml(403, `<Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>${refusal}</Message></Error>`);
    const page = Number(query.get('NextToken') ?? 0);
    const members = (pages[page] ?? []).map(
      ({ arn, endpoint, protocol = 'email' }) =>
        `<member><TopicArn>${TOPIC}</TopicArn><Protocol>${protocol}</Protocol><SubscriptionArn>${arn}</SubscriptionArn><Owner>123456789012</Owner><Endpoint>${endpoint}</Endpoint></member>`,
    );
    const next = page + 1 < pages.length ? `<NextToken>${page + 1}</NextToken>` : '';
    return xml(
      200,
      `<ListSubscriptionsByTopicResult><Subscriptions>${members.join('')}</Subscriptions>${next}</ListSubscriptionsByTopicResult>`,
    );
  });
  const environment = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_SNS: server.origin,
  };
  client = new SNSClient({ ...awsClientOptions(environment, 'SNS'), maxAttempts: 1 });
});

function xml(status: number, content: string) {
  const root = status === 200 ? 'ListSubscriptionsByTopicResponse' : 'ErrorResponse';
  const body = `<${root} xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${content}</${root}>`;
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

beforeEach(() => {
  pages = [[]];
  refusal = undefined;
});

afterAll(async () => {
  client.destroy();
  await server.stop();
});

const look = () => snsAlarmPath({ client, topicArn: TOPIC, email: EMAIL })();
const confirmed = (endpoint: string) => ({ arn: `${TOPIC}:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55`, endpoint });

it.each<[string, Subscription[], 'confirmed' | 'pending' | 'none']>([
  ['it confirmed', [confirmed(EMAIL)], 'confirmed'],
  ['it confirmed in another case', [confirmed('Ops@Example.com')], 'confirmed'],
  ['it has not clicked the link yet', [{ arn: 'PendingConfirmation', endpoint: EMAIL }], 'pending'],
  ['it ended its subscription', [{ arn: 'Deleted', endpoint: EMAIL }], 'none'],
  ['nobody subscribed it, or not confirmed for two days', [], 'none'],
  [
    'only somebody else confirmed',
    [confirmed('old@example.com'), { arn: 'PendingConfirmation', endpoint: EMAIL }],
    'pending',
  ],
  [
    'it ended one subscription and confirmed another',
    [{ arn: 'Deleted', endpoint: EMAIL }, confirmed(EMAIL)],
    'confirmed',
  ],
  ['something of the same name is no e-mail address', [{ ...confirmed(EMAIL), protocol: 'sqs' }], 'none'],
])('the address is subscribed as %s', async (_what, subscriptions, subscription) => {
  pages = [subscriptions];
  expect(await look()).toEqual({ kind: 'checked', email: EMAIL, topicArn: TOPIC, subscription });
});

it('is found on a later page', async () => {
  pages = [[confirmed('one@example.com')], [confirmed(EMAIL)]];
  expect(await look()).toMatchObject({ subscription: 'confirmed' });
});

it('a refusal of SNS to answer is thrown, and never taken for a missing subscription', async () => {
  refusal = 'not authorized to perform: SNS:ListSubscriptionsByTopic';
  await expect(look()).rejects.toThrow(refusal);
});

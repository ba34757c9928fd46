import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NotFoundException } from '@aws-sdk/client-sesv2';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientOptions } from '../../../../functions/adapters/aws-client-options.ts';
import { defineSettings } from '../../../../functions/core/settings/define-settings.ts';
import type { SettingsInput } from '../../../../functions/core/settings/settings-schema.ts';
import { startDiscordStandIn } from '../../../../lib/local/discord-stand-in/discord-stand-in.ts';
import { startEmbeddedAws } from '../../../../lib/local/embedded-aws.ts';
import { startImapServer } from '../../../../lib/local/imap-server.ts';
import { discordFor } from '../../../../lib/local/local-settings.ts';
import { startParameterStore } from '../../../../lib/local/parameter-store-stand-in.ts';
import { arn } from './iam-requests.ts';
import { type RecordedCall, recordCalls } from './recorded-calls.ts';

export const ROUTES = ['vip', 'stripe'] as const;
export const SUPPORT_PASSWORD = '/rollcall/support/password';
const CHANNEL = '100000000000000001';
const OPERATOR = 'operator@example.net';

/** Whether SES and SNS would take what is sent to the operator; `away`: they do not answer. */
export type OperatorPathState = 'open' | 'closed' | 'away';

/** A bot and a webhook, a password and OAuth 2: every kind for which the stack allows something else. */
function inputFor(imap: { host: string; port: number }): SettingsInput {
  const at = { ...imap, allowSelfSignedCertificate: true, startFrom: 'all' } as const;
  return {
    mailboxes: [
      { ...at, account: 'support', user: 'support', auth: { passwordParameter: SUPPORT_PASSWORD } },
      {
        ...at,
        account: 'billing',
        user: 'billing',
        auth: {
          tokenUrl: 'https://127.0.0.1:9/token',
          clientId: 'rollcall',
          clientSecretParameter: '/rollcall/billing/client-secret',
          refreshTokenParameter: '/rollcall/billing/refresh-token',
        },
      },
    ],
    routes: [
      {
        id: 'vip',
        discord: { channelId: CHANNEL, botTokenParameter: '/rollcall/bot-token' },
        rules: [{ name: 'vip', subject: '^vip' }],
      },
      {
        id: 'stripe',
        discord: { webhookParameter: '/rollcall/stripe-webhook' },
        rules: [{ name: 'stripe', subject: '^stripe' }],
      },
    ],
    digest: { from: 'rollcall@example.com', to: 'ada@example.org', at: '07:30', timeZone: 'UTC' },
    alarms: { email: OPERATOR },
  };
}

/** Embedded servers for all that the functions talk to, and a recorder of what they say to AWS. */
export async function startRecordedWorld() {
  const stops: (() => Promise<void> | void)[] = [];
  const started = <Server extends { stop(): Promise<void> }>(server: Server): Server => {
    stops.unshift(() => server.stop());
    return server;
  };
  async function stop(): Promise<void> {
    for (const one of stops) await one();
  }
  const recorder = recordCalls();
  stops.unshift(recorder.stop);
  try {
    const imap = started(await startImapServer({ mails: [], tls: true, user: 'support', password: 'right' }));
    const input = inputFor({ host: imap.host, port: imap.port });
    const settings = defineSettings(input);
    const aws = started(await startEmbeddedAws({ routes: ROUTES }));
    const local = discordFor(settings);
    const discord = started(await startDiscordStandIn(local));
    const parameters = started(
      await startParameterStore({
        ...local.parameters,
        [SUPPORT_PASSWORD]: 'right',
        '/rollcall/billing/client-secret': 'secret',
        '/rollcall/billing/refresh-token': 'secret',
      }),
    );
    const environment: Readonly<Record<string, string>> = {
      ...aws.environment,
      AWS_ENDPOINT_URL_SSM: parameters.url,
      DISCORD_API_URL: discord.url,
      ALARM_TOPIC_ARN: arn.topic('alarms'),
    };
    const sqs = new SQSClient(awsClientOptions(environment, 'SQS'));
    const dynamo = new DynamoDBClient(awsClientOptions(environment, 'DYNAMODB'));
    stops.push(
      () => sqs.destroy(),
      () => dynamo.destroy(),
    );
    let operatorPaths: OperatorPathState = 'closed';
    recorder.answerWith((call) => answerOfSesAndSns(call, operatorPaths));
    return {
      recorder,
      imap,
      input,
      settings,
      aws,
      parameters,
      discord,
      environment,
      sqs,
      dynamo,
      started,
      stop,
      /** What a poster of this route finds in its environment. */
      environmentOf: (route: string): Readonly<Record<string, string>> => ({
        ...environment,
        ROUTE: route,
        QUEUE_URL: aws.queueUrls[route] ?? '',
        DEAD_LETTER_QUEUE_URL: aws.deadLetterQueueUrls[route] ?? '',
      }),
      /** At first they are closed: no identity is verified, so that every one is asked for. */
      setOperatorPaths: (state: OperatorPathState) => {
        operatorPaths = state;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export type RecordedWorld = Awaited<ReturnType<typeof startRecordedWorld>>;

function answerOfSesAndSns({ command }: RecordedCall, state: OperatorPathState): Promise<unknown> | undefined {
  const isOpen = state === 'open';
  const answers: Readonly<Record<string, () => Promise<unknown>>> = {
    GetAccountCommand: async () => ({ SendingEnabled: true, ProductionAccessEnabled: false }),
    GetEmailIdentityCommand: async () => {
      if (isOpen) return { VerifiedForSendingStatus: true };
      throw new NotFoundException({ message: 'not found', $metadata: {} });
    },
    ListSubscriptionsByTopicCommand: async () => ({
      Subscriptions: isOpen
        ? [{ Protocol: 'email', Endpoint: OPERATOR, SubscriptionArn: `${arn.topic('alarms')}:1` }]
        : [],
    }),
  };
  const answer = answers[command];
  if (answer && state === 'away') return Promise.reject(new Error('no answer'));
  return answer?.();
}

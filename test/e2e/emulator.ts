import { randomInt } from 'node:crypto';
import * as z from 'zod';

const REGION = 'eu-central-1';

const HOW_TO_START = `Start one, run this, and end it, all with
  bash test/e2e/with-ministack.sh npm run e2e
which needs Python 3 with venv and installs MiniStack into a temporary folder.`;

/** There is no emulator to deploy to; the message says how to start one. */
export class NoEmulator extends Error {
  override readonly name = 'NoEmulator';
}

export type CapturedMail = { subject: string; text: string; html: string; from: string; to: string[] };

/** A private AWS on this machine, in an account that was not used before. */
export type Emulator = {
  version: string;
  account: string;
  region: string;
  /** For programs and for the command: endpoint, region and credentials, and nothing of the user's own AWS. */
  environment: Readonly<Record<string, string>>;
  /** For the SDK's clients. */
  client: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  /** What SES took, oldest first. */
  mails(): Promise<CapturedMail[]>;
};

const healthSchema = z.object({ auth: z.string(), version: z.string() });

const mailsSchema = z.object({
  messages: z.record(
    z.string(),
    z.array(
      z.object({
        Source: z.string(),
        To: z.array(z.string()),
        Subject: z.string(),
        BodyText: z.string(),
        BodyHtml: z.string().nullable(),
      }),
    ),
  ),
});

/**
 * Finds MiniStack at AWS_ENDPOINT_URL and enables its recording of API calls.
 *
 * @throws NoEmulator if there is no answer, or one of another program
 */
export async function findEmulator(own: Readonly<Record<string, string | undefined>>): Promise<Emulator> {
  const endpoint = own.AWS_ENDPOINT_URL;
  if (!endpoint) throw new NoEmulator(`AWS_ENDPOINT_URL does not say where an AWS emulator listens. ${HOW_TO_START}`);
  if (!isLoopback(endpoint)) {
    throw new NoEmulator(
      `AWS_ENDPOINT_URL is ${endpoint}. This deploys to an emulator on 127.0.0.1 only. ${HOW_TO_START}`,
    );
  }
  const health = healthSchema.safeParse(await ask(endpoint, '/_ministack/health'));
  if (!health.success) throw new NoEmulator(`What answers at ${endpoint} is no MiniStack. ${HOW_TO_START}`);
  if (health.data.auth !== 'enabled' || !endpoint.startsWith('https:')) {
    throw new NoEmulator(
      `The MiniStack at ${endpoint} does not enforce permissions; it has to run with AUTH=true and USE_SSL=1. ${HOW_TO_START}`,
    );
  }
  await ask(endpoint, '/_ministack/config', { 'cloudtrail._recording_enabled': true });

  // To MiniStack, an access key of twelve digits is the root user of the account with that number.
  const account = String(randomInt(100_000_000_000, 999_999_999_999));
  return {
    version: health.data.version,
    account,
    region: REGION,
    environment: {
      ...inherited(own),
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: 'of-no-account-at-aws',
      // Neither the user's profiles nor a cloud machine's role may be found.
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
    client: {
      endpoint,
      region: REGION,
      credentials: { accessKeyId: account, secretAccessKey: 'of-no-account-at-aws' },
    },
    async mails() {
      const { messages } = mailsSchema.parse(await ask(endpoint, `/_ministack/ses/messages?account=${account}`));
      return (messages[account] ?? []).map(({ Source, To, Subject, BodyText, BodyHtml }) => ({
        from: Source,
        to: To,
        subject: Subject,
        text: BodyText,
        html: BodyHtml ?? '',
      }));
    },
  };
}

/** What programs need to run at all; nothing that says where AWS is. */
function inherited(own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'NODE_EXTRA_CA_CERTS'];
  return Object.fromEntries(names.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])));
}

function isLoopback(endpoint: string): boolean {
  return URL.canParse(endpoint) && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(endpoint).hostname);
}

async function ask(endpoint: string, path: string, body?: object): Promise<unknown> {
  try {
    const response = await fetch(new URL(path, endpoint), {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    return await response.json();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new NoEmulator(`No AWS emulator answers at ${endpoint}: ${cause}. ${HOW_TO_START}`, { cause: error });
  }
}

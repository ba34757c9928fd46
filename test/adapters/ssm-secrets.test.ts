import { type GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../functions/adapters/aws-client-options.ts';
import { ssmSecrets } from '../../functions/adapters/ssm-secrets.ts';
import { type ParameterStoreStandIn, startParameterStore } from '../../lib/local/parameter-store-stand-in.ts';
import { secretsContract } from '../contracts/secrets-contract.ts';
import { fakeClock } from '../fakes/fake-clock.ts';

let parameterStore: ParameterStoreStandIn;
let client: SSMClient;

beforeAll(async () => {
  parameterStore = await startParameterStore({});
  const environment = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  client = new SSMClient(awsClientOptions({ ...environment, AWS_ENDPOINT_URL_SSM: parameterStore.url }, 'SSM'));
});

afterAll(async () => {
  client.destroy();
  await parameterStore.stop();
});

/** The client, and how often it was used. */
function countingClient() {
  let requests = 0;
  const send = (command: GetParameterCommand) => {
    requests += 1;
    return client.send(command);
  };
  return { client: { send } as unknown as SSMClient, requests: () => requests };
}

describe('the secrets in SSM', () => {
  const clock = fakeClock();
  secretsContract(() => ({ secrets: ssmSecrets({ client, clock }), store: parameterStore.put }));

  it('are kept for five minutes', async () => {
    parameterStore.put('/kept', 'old');
    const counting = countingClient();
    const secrets = ssmSecrets({ client: counting.client, clock });
    await secrets.read('/kept');
    parameterStore.put('/kept', 'new');
    clock.advance(5 * 60_000 - 1);
    expect(await secrets.read('/kept')).toBe('old');
    expect(counting.requests()).toBe(1);
    clock.advance(1);
    expect(await secrets.read('/kept')).toBe('new');
  });

  it('are asked for once where several want the same one', async () => {
    parameterStore.put('/shared', 'one');
    parameterStore.put('/other', 'two');
    const counting = countingClient();
    const secrets = ssmSecrets({ client: counting.client, clock });
    const fresh = { fresh: true };
    const reads = [
      secrets.read('/shared', fresh),
      secrets.read('/shared'),
      secrets.read('/other'),
      secrets.read('/shared', fresh),
    ];
    expect(await Promise.all(reads)).toEqual(['one', 'one', 'two', 'one']);
    expect(counting.requests()).toBe(2);
  });

  it('are asked for again after a read that failed', async () => {
    const secrets = ssmSecrets({ client, clock });
    await expect(secrets.read('/late')).rejects.toThrow(/no secret \/late/);
    parameterStore.put('/late', 'here');
    expect(await secrets.read('/late')).toBe('here');
  });
});

import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ParameterStoreStandIn, startParameterStore } from '../../../lib/local/parameter-store-stand-in.ts';

describe('the stand-in of the parameter store', () => {
  let store: ParameterStoreStandIn;
  let ssm: SSMClient;

  beforeAll(async () => {
    store = await startParameterStore({ '/rollcall/token': 'open sesame' });
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    ssm = new SSMClient({ endpoint: store.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  });

  afterAll(async () => {
    ssm.destroy();
    await store.stop();
  });

  const read = (Name: string, WithDecryption = true) => ssm.send(new GetParameterCommand({ Name, WithDecryption }));

  it('hands out a stored parameter, decrypted', async () => {
    const { Parameter } = await read('/rollcall/token');
    expect(Parameter).toMatchObject({
      Name: '/rollcall/token',
      Type: 'SecureString',
      Value: 'open sesame',
      Version: 1,
    });
  });

  it('keeps the value to itself where decryption was not asked for', async () => {
    const { Parameter } = await read('/rollcall/token', false);
    expect(Parameter?.Value).not.toContain('sesame');
  });

  it('hands out the new value and its version after a change', async () => {
    store.put('/rollcall/rotated', 'old');
    store.put('/rollcall/rotated', 'new');
    expect((await read('/rollcall/rotated')).Parameter).toMatchObject({ Value: 'new', Version: 2 });
  });

  it('answers ParameterNotFound, with status 400, for one that is not stored', async () => {
    await expect(read('/rollcall/nothing')).rejects.toMatchObject({
      name: 'ParameterNotFound',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('refuses every other operation', async () => {
    const put = new PutParameterCommand({ Name: '/rollcall/token', Value: 'x', Type: 'SecureString' });
    await expect(ssm.send(put)).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });
});

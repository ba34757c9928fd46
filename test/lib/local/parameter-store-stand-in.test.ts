import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
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

  it('stores a parameter, and overwrites it only where that was asked for', async () => {
    const put = (Value: string, Overwrite?: boolean) =>
      ssm.send(new PutParameterCommand({ Name: '/rollcall/put', Value, Type: 'SecureString', Overwrite }));
    expect(await put('one')).toMatchObject({ Version: 1 });
    await expect(put('two')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    expect(await put('three', true)).toMatchObject({ Version: 2 });
    expect((await read('/rollcall/put')).Parameter).toMatchObject({ Value: 'three' });
  });

  it('refuses every other operation', async () => {
    const remove = new DeleteParameterCommand({ Name: '/rollcall/token' });
    await expect(ssm.send(remove)).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });
});

import { expect, it } from 'vitest';
import { SecretMissing, type Secrets, type SecretVersions } from '../../functions/core/secrets.ts';

export type SecretsUnderTest = { secrets: Secrets & SecretVersions; store(parameter: string, value: string): void };

/** What every store of secrets promises. @param underTest once the tests run */
export function secretsContract(underTest: () => SecretsUnderTest): void {
  it('reads a secret, and a renewed one when asked for it afresh', async () => {
    const { secrets, store } = underTest();
    store('/rollcall/token', 'old');
    expect(await secrets.read('/rollcall/token')).toBe('old');
    store('/rollcall/token', 'new');
    expect(await secrets.read('/rollcall/token', { fresh: true })).toBe('new');
    expect(await secrets.read('/rollcall/token')).toBe('new');
  });

  it('has a version that changes when the secret is stored, also with the same value', async () => {
    const { secrets, store } = underTest();
    const versions: string[] = [];
    for (const value of ['one', 'two', 'two']) {
      store('/rollcall/versions', value);
      versions.push(await secrets.version('/rollcall/versions'), await secrets.version('/rollcall/versions'));
    }
    expect(versions.map((version) => versions.indexOf(version))).toEqual([0, 0, 2, 2, 4, 4]);
    await expect(secrets.version('/rollcall/none')).rejects.toThrow(SecretMissing);
  });

  it('names the secret that is missing and how to store it', async () => {
    const read = underTest().secrets.read('/rollcall/none');
    await expect(read).rejects.toThrow(SecretMissing);
    await expect(read).rejects.toMatchObject({
      parameter: '/rollcall/none',
      message: 'There is no secret /rollcall/none. Store it: npm run rollcall -- secrets /rollcall/none',
    });
  });
}

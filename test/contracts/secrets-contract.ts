import { expect, it } from 'vitest';
import { SecretMissing, type Secrets } from '../../functions/core/secrets.ts';

export type SecretsUnderTest = { secrets: Secrets; store(parameter: string, value: string): void };

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

  it('names the secret that is missing and how to store it', async () => {
    const read = underTest().secrets.read('/rollcall/none');
    await expect(read).rejects.toThrow(SecretMissing);
    await expect(read).rejects.toMatchObject({
      parameter: '/rollcall/none',
      message: 'There is no secret /rollcall/none. Store it: npm run rollcall -- secrets /rollcall/none',
    });
  });
}

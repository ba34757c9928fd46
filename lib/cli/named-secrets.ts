import { groupBy } from '../../functions/core/group-by.ts';
import type { MailboxSettings, RouteSettings, Settings } from '../../functions/core/settings/settings-schema.ts';
import { chatSecretOf } from '../../functions/wiring/chat.ts';

/** A secret that the settings name. */
export type NamedSecret = {
  parameter: string;
  /** A description for a person, such as `the bot token of the routes vip, stripe`. */
  what: string;
  /** Why this value cannot be the secret, and what to do; undefined if it is acceptable. */
  objection(value: string): string | undefined;
};

/** Every secret that the settings name, each once, in order. */
export function namedSecrets({ mailboxes, routes }: Settings): NamedSecret[] {
  const named = [...mailboxes.flatMap(ofMailbox), ...ofRoutes(routes)];
  return [...groupBy(named, ({ parameter }) => parameter).values()].map(([first]) => first);
}

const nothing = () => undefined;

function ofMailbox({ account, user, auth }: MailboxSettings): NamedSecret[] {
  const secret = (parameter: string | undefined, name: string): NamedSecret[] =>
    parameter ? [{ parameter, what: `${name} of ${user} (mailbox ${account})`, objection: nothing }] : [];
  switch (auth.kind) {
    case 'password':
      return secret(auth.passwordParameter, 'the password');
    case 'client credentials':
      return secret(auth.clientSecretParameter, "the OAuth client's secret");
    case 'refresh token':
      return [
        ...secret(auth.clientSecretParameter, "the OAuth client's secret"),
        ...secret(auth.refreshTokenParameter, 'the refresh token'),
      ];
  }
}

function ofRoutes(routes: readonly RouteSettings[]): NamedSecret[] {
  const byParameter = groupBy(routes, ({ target }) => target.secretParameter);
  return [...byParameter].map(([parameter, [first, ...others]]) => {
    const { what, objection } = chatSecretOf(first);
    const ids = [first, ...others].map(({ id }) => id).join(', ');
    return { parameter, what: `${what} for ${ids}`, objection };
  });
}

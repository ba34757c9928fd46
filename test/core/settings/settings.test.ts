import { describe, expect, it } from 'vitest';
import { botTarget, webhookTarget } from '../../../functions/core/discord/discord.ts';
import { defineSettings, parseSettings, SettingsError } from '../../../functions/core/settings/define-settings.ts';
import { polledMailboxes } from '../../../functions/core/settings/polled-mailbox.ts';
import type { Settings, SettingsInput } from '../../../functions/core/settings/settings-schema.ts';
import shippedSettings from '../../../functions/settings.ts';

const rule = { name: 'payments', from: 'stripe.com', subject: 'payout' };
const bot = { channelId: '100000000000000002', botTokenParameter: '/rollcall/discord-bot-token' };
const mailbox = {
  account: 'support',
  host: 'imap.example.com',
  user: 'support@example.com',
  auth: { passwordParameter: '/rollcall/support/password' },
};
const digest = { from: 'rollcall@example.com', to: 'you@example.com', at: '07:30', timeZone: 'Europe/Berlin' };

/** The least that settings can be. */
const least = {
  mailboxes: [mailbox],
  routes: [{ id: 'stripe', discord: bot, rules: [rule] }],
  digest,
  alarms: { email: 'ops@example.com' },
} satisfies SettingsInput;

const withMailbox = (change: object) => ({ ...least, mailboxes: [{ ...mailbox, ...change }] });
const withRoute = (change: object) => ({ ...least, routes: [{ ...least.routes[0], ...change }] });
const withRule = (change: object) => withRoute({ rules: [{ ...rule, ...change }] });
const withDigest = (change: object) => ({ ...least, digest: { ...digest, ...change } });

describe('the shipped settings', () => {
  it("are the incident's: vip with a ping, stripe and customer, through one bot", () => {
    expect(shippedSettings.routes.map(({ id }) => id)).toEqual(['vip', 'stripe', 'customer']);
    expect(shippedSettings.routes.map(({ ping }) => ping.users.length)).toEqual([1, 0, 0]);
    expect(new Set(shippedSettings.routes.map(({ target }) => target.kind))).toEqual(new Set(['bot']));
  });

  it('need two secrets: the password of the mailbox and the token of the bot', () => {
    const parameters = [
      ...shippedSettings.mailboxes.map(({ auth }) => auth.kind === 'password' && auth.passwordParameter),
      ...shippedSettings.routes.map(({ target }) => target.kind === 'bot' && target.secretParameter),
    ];
    expect([...new Set(parameters)]).toEqual(['/rollcall/support/password', '/rollcall/discord-bot-token']);
  });
});

describe('settings that are right', () => {
  it('come back complete, with every default', () => {
    expect(defineSettings(least)).toStrictEqual<Settings>({
      mailboxes: [
        {
          account: 'support',
          host: 'imap.example.com',
          port: 993,
          tls: 'implicit',
          allowSelfSignedCertificate: false,
          user: 'support@example.com',
          auth: { kind: 'password', passwordParameter: '/rollcall/support/password' },
          authservId: undefined,
          formerly: [],
          folders: [{ name: 'INBOX', formerly: [] }],
          everyMinutes: 15,
          startFrom: 'now',
        },
      ],
      routes: [
        {
          id: 'stripe',
          rules: [
            {
              name: 'payments',
              from: [{ kind: 'domain', domain: 'stripe.com' }],
              subject: ['payout'],
              authenticated: false,
            },
          ],
          target: botTarget('100000000000000002', '/rollcall/discord-bot-token'),
          colour: undefined,
          ping: { users: [], roles: [] },
          redriveAutomatically: true,
        },
      ],
      digest: {
        from: 'rollcall@example.com',
        to: ['you@example.com'],
        schedule: { kind: 'daily', at: '07:30', timeZone: 'Europe/Berlin' },
      },
      alarms: { email: 'ops@example.com' },
    });
  });

  it('may be parsed again', () => {
    expect(parseSettings(shippedSettings)).toBe(shippedSettings);
  });

  it('take one item or a list of them', () => {
    const { from, to } = rulesOf(withRule({ from: ['a.example', 'b@b.example'], to: 'c@c.example' }))[0] ?? {};
    expect(from).toEqual([
      { kind: 'domain', domain: 'a.example' },
      { kind: 'address', localPart: 'b', domain: 'b.example' },
    ]);
    expect(to).toEqual([{ kind: 'address', localPart: 'c', domain: 'c.example' }]);
  });

  it('normalise what has several spellings', () => {
    const settings = parseSettings(
      withRule({
        from: 'Bücher.Example.',
        list: 'Dev.Lists.example.com',
        header: { name: 'X-Priority', matches: '^1' },
      }),
    );
    expect(settings.routes[0]?.rules[0]).toMatchObject({
      from: [{ kind: 'domain', domain: 'xn--bcher-kva.example' }],
      list: ['dev.lists.example.com'],
      header: [{ name: 'x-priority', matches: '^1' }],
    });
    expect(parseSettings(withMailbox({ folders: 'inbox' })).mailboxes[0]?.folders).toEqual([
      { name: 'INBOX', formerly: [] },
    ]);
    expect(parseSettings(withRoute({ colour: '#E8a33d' })).routes[0]?.colour).toBe(0xe8a33d);
    expect(parseSettings(withDigest({ timeZone: 'europe/berlin' })).digest.schedule.timeZone).toBe('Europe/Berlin');
  });

  it('know the names that folders and accounts had before, in every combination', () => {
    const folders = ['INBOX', { name: 'Invoices', formerly: ['Bills', 'Billing'] }];
    const { mailboxes } = parseSettings(withMailbox({ account: 'help', formerly: 'support', folders }));
    expect(mailboxes[0]).toMatchObject({ formerly: ['support'] });
    expect(polledMailboxes({ mailboxes }).map(({ mailbox, formerly }) => [mailbox, formerly])).toEqual([
      ['help/INBOX', ['support/INBOX']],
      ['help/Invoices', ['support/Bills', 'support/Billing', 'support/Invoices', 'help/Bills', 'help/Billing']],
    ]);
  });

  it('know webhooks, threads and pings', () => {
    const discord = { webhookParameter: '/rollcall/stripe-webhook-url', threadId: '100000000000000005' };
    const ping = { users: '100000000000000009', roles: ['100000000000000007', '100000000000000008'] };
    expect(parseSettings(withRoute({ discord, ping })).routes[0]).toMatchObject({
      target: webhookTarget('/rollcall/stripe-webhook-url', '100000000000000005'),
      ping: { users: ['100000000000000009'], roles: ['100000000000000007', '100000000000000008'] },
    });
  });

  it('know hourly digests', () => {
    const { at: _, ...rest } = digest;
    const settings = defineSettings({ ...least, digest: { ...rest, every: 'hour' } });
    expect(settings.digest.schedule).toEqual({ kind: 'hourly', timeZone: 'Europe/Berlin' });
  });

  it.each([
    ['implicit', 993],
    ['starttls', 143],
    ['off', 143],
  ])('choose the port by tls: %s is %i', (tls, port) => {
    expect(parseSettings(withMailbox({ host: '127.0.0.1', tls })).mailboxes[0]?.port).toBe(port);
    expect(parseSettings(withMailbox({ host: '127.0.0.1', tls, port: 4321 })).mailboxes[0]?.port).toBe(4321);
  });

  it.each(['now', 'all', { days: 7 }])('start from %j', (startFrom) => {
    expect(parseSettings(withMailbox({ startFrom })).mailboxes[0]?.startFrom).toEqual(startFrom);
  });

  it('take authenticated rules where every mailbox names its receiver', () => {
    const mailboxes = [{ ...mailbox, authservId: 'mx.example.com' }];
    expect(rulesOf({ ...withRule({ authenticated: true }), mailboxes })[0]?.authenticated).toBe(true);
  });
});

describe('logins', () => {
  const authOf = (auth: object) => parseSettings(withMailbox({ auth })).mailboxes[0]?.auth;
  const client = { clientId: 'client', clientSecretParameter: '/rollcall/client-secret' };
  const refreshTokenParameter = '/rollcall/refresh-token';

  it('to Gmail need no address and no scope', () => {
    expect(authOf({ provider: 'gmail', ...client, refreshTokenParameter })).toEqual({
      kind: 'refresh token',
      provider: 'gmail',
      ...client,
      refreshTokenParameter,
      tokenUrl: 'https://oauth2.googleapis.com/token',
      scope: 'https://mail.google.com/',
    });
  });

  it('to Microsoft 365 take a refresh token or, with a tenant, client credentials', () => {
    expect(authOf({ provider: 'microsoft', clientId: 'client', refreshTokenParameter })).toStrictEqual({
      kind: 'refresh token',
      provider: 'microsoft',
      clientId: 'client',
      clientSecretParameter: undefined,
      refreshTokenParameter,
      tokenUrl: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
      scope: 'https://outlook.office.com/IMAP.AccessAsUser.All offline_access',
    });
    expect(authOf({ provider: 'microsoft', ...client, tenant: 'contoso.example' })).toStrictEqual({
      kind: 'client credentials',
      ...client,
      tokenUrl: 'https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token',
      scope: 'https://outlook.office365.com/.default',
    });
  });

  it('elsewhere name their token URL', () => {
    const tokenUrl = 'https://login.example.com/token';
    expect(authOf({ tokenUrl, clientId: 'client', refreshTokenParameter })).toStrictEqual({
      kind: 'refresh token',
      provider: undefined,
      tokenUrl,
      clientId: 'client',
      clientSecretParameter: undefined,
      refreshTokenParameter,
      scope: undefined,
    });
    expect(authOf({ tokenUrl, ...client, scope: 'imap' })).toStrictEqual({
      kind: 'client credentials',
      tokenUrl,
      ...client,
      scope: 'imap',
    });
  });

  it.each([
    [{}, 'mailboxes[0].auth: no way to log in is named. Write { passwordParameter'],
    [
      { provider: 'gmial' },
      'mailboxes[0].auth.provider: "gmial" is not one of the allowed words. Allowed: \'gmail\', ',
    ],
    [{ provider: 'gmail', ...client }, 'mailboxes[0].auth.refreshTokenParameter: is missing. Write the name'],
    [{ provider: 'microsoft', ...client }, 'mailboxes[0].auth.tenant: is missing. Write one line'],
    [
      { tokenUrl: 'http://login.example.com/', ...client, scope: 'imap' },
      'mailboxes[0].auth.tokenUrl: the value is not',
    ],
  ])('are refused where something is missing or wrong: %j', (auth, problem) => {
    expect(refusalOf(withMailbox({ auth }))).toContain(problem);
  });
});

describe('a mistake is named by its path, what is wrong and what is allowed', () => {
  it.each<[mistake: string, settings: unknown, problem: string]>([
    [
      'two routes with one id',
      { ...least, routes: [least.routes[0], least.routes[0]] },
      'routes[1].id: "stripe" is taken by [0] already. Give each its own id.',
    ],
    [
      'two mailboxes with one account',
      { ...least, mailboxes: [mailbox, mailbox] },
      'mailboxes[1].account: "support" is taken by [0] already. Give each its own account.',
    ],
    [
      'two rules of a route with one name',
      withRoute({ rules: [rule, rule] }),
      'routes[0].rules[1].name: "payments" is taken by [0] already. Give each its own name.',
    ],
    [
      'the reserved route',
      withRoute({ id: 'unknown' }),
      'routes[0].id: "unknown" is reserved for the email that no rule matches. Choose another id.',
    ],
    [
      'a malformed route id',
      withRoute({ id: 'VIP mail' }),
      'routes[0].id: "VIP mail" is not a route\'s id. Allowed: lower-case letters, digits and hyphens, first a letter or digit, at most 40 characters.',
    ],
    ['a route without rules', withRoute({ rules: [] }), 'routes[0].rules: is empty. Write at least one rule in [ ].'],
    [
      'a rule without condition',
      withRoute({ rules: [{ name: 'all' }] }),
      'routes[0].rules[0]: the rule has no condition. Write at least one of from, to, subject, list, header.',
    ],
    [
      'a lookahead',
      withRule({ subject: 'payout(?=!)' }),
      'routes[0].rules[0].subject: "payout(?=!)" is no pattern that RE2 takes: invalid or unsupported Perl syntax: `(?=`. Allowed: RE2 syntax',
    ],
    [
      'a backreference, the second of two patterns',
      withRule({ subject: ['payout', '(a)\\1'] }),
      'routes[0].rules[0].subject[1]: "(a)\\\\1" is no pattern that RE2 takes: invalid escape sequence: `\\1`.',
    ],
    [
      'an unbalanced pattern of a header',
      withRule({ header: { name: 'X-Priority', matches: '(1' } }),
      'routes[0].rules[0].header.matches: "(1" is no pattern that RE2 takes: missing closing ): `(1`.',
    ],
    [
      'a pattern that is expensive to match',
      withRule({ subject: '.{1000}' }),
      'routes[0].rules[0].subject: ".{1000}" is no pattern that RE2 takes: it compiles to 1002 RE2 instructions, at most 100 are allowed; split its alternatives into a list of patterns, or ask for fewer repeats. Allowed: RE2 syntax,',
    ],
    [
      'an empty pattern',
      withRule({ subject: '' }),
      'routes[0].rules[0].subject: "" is no pattern that RE2 takes: an empty pattern matches everything.',
    ],
    [
      'a wildcard address',
      withRule({ from: '*.stripe.com' }),
      'routes[0].rules[0].from: "*.stripe.com" is not an address or a domain. Write an address such as',
    ],
    [
      'a wildcard for all addresses of a domain',
      withRule({ from: '*@example.com' }),
      `routes[0].rules[0].from: "*@example.com" is not an address or a domain. Write 'example.com', which includes its subdomains`,
    ],
    [
      'a domain with its at sign, among others',
      withRule({ from: ['stripe.com', '@Example.com'] }),
      `routes[0].rules[0].from[1]: "@Example.com" is not an address or a domain. Write 'example.com', which includes its subdomains`,
    ],
    [
      'a wildcard within an address',
      withRule({ from: 'bill*@example.com' }),
      'routes[0].rules[0].from: "bill*@example.com" is not an address or a domain. Write an address such as',
    ],
    [
      'a header name with a colon',
      withRule({ header: { name: 'X-Priority:', matches: '1' } }),
      'routes[0].rules[0].header.name: "X-Priority:" is not the name of a header field. Write it without colon',
    ],
    [
      'an authenticated rule without a known receiver',
      withRule({ authenticated: true }),
      'routes[0].rules[0].authenticated: is true, but mailboxes[0] has no authservId. Write there',
    ],
    [
      'a malformed ping',
      withRoute({ ping: { users: ['@ada'] } }),
      'routes[0].ping.users[0]: "@ada" is not a Discord user\'s id. Write its 17 to 20 digits in quotes',
    ],
    ['a malformed colour', withRoute({ colour: 'red' }), 'routes[0].colour: "red" is not a colour. Write \'#rrggbb\''],
    [
      'a bot and a webhook',
      withRoute({ discord: { ...bot, webhookParameter: '/rollcall/webhook' } }),
      'routes[0].discord: both a bot and a webhook are named. Write { channelId',
    ],
    [
      'neither a bot nor a webhook',
      withRoute({ discord: { threadId: '100000000000000005' } }),
      'routes[0].discord: neither a bot nor a webhook is named. Write { channelId',
    ],
    [
      'a channel without bot token',
      withRoute({ discord: { channelId: bot.channelId } }),
      'routes[0].discord.botTokenParameter: is missing. Write the name of the parameter',
    ],
    [
      'no encryption to another machine',
      withMailbox({ tls: 'off' }),
      "mailboxes[0].tls: \"off\" would send the login to imap.example.com in clear text. Allowed: 'implicit', 'starttls'; 'off' for 127.0.0.1, ::1 and localhost only.",
    ],
    [
      'a host with scheme and port',
      withMailbox({ host: 'imap.example.com:993' }),
      'mailboxes[0].host: "imap.example.com:993" is not a host name. Write a name or address without scheme and port',
    ],
    [
      'polls more often than every minute',
      withMailbox({ everyMinutes: 0.5 }),
      'mailboxes[0].everyMinutes: 0.5 is not a whole number in range. Allowed: 1 to 1440.',
    ],
    [
      'a start in the future',
      withMailbox({ startFrom: { days: 0 } }),
      'mailboxes[0].startFrom.days: 0 is not a whole number in range. Allowed: 1 to 3650.',
    ],
    [
      'an unknown start',
      withMailbox({ startFrom: 'yesterday' }),
      "mailboxes[0].startFrom: the value is not a start. Allowed: 'now', 'all', { days: 1 to 3650 }.",
    ],
    [
      'a result in place of an authserv-id',
      withMailbox({ authservId: 'spf=pass' }),
      "mailboxes[0].authservId: \"spf=pass\" is not an authserv-id. Write the first word of your receiver's own Authentication-Results header, such as 'mx.example.com' (Gmail: 'mx.google.com'), or 'exchange-online' for Microsoft 365",
    ],
    ['no folder', withMailbox({ folders: [] }), 'mailboxes[0].folders: is empty. Write at least one folder'],
    [
      'a folder named twice',
      withMailbox({ folders: ['INBOX', 'Inbox'] }),
      'mailboxes[0].folders: a folder is named twice. Name each folder once.',
    ],
    [
      'a former name of a folder that is polled under it',
      withMailbox({ folders: ['INBOX', { name: 'Invoices', formerly: ['Old', 'inbox'] }] }),
      'mailboxes[0].folders: a folder is named as `formerly` of another and is still polled itself.',
    ],
    [
      'a folder that is neither a name nor an object',
      withMailbox({ folders: [7] }),
      'mailboxes[0].folders[0]: 7 is not a folder.',
    ],
    [
      'a folder without a name',
      withMailbox({ folders: [{ formerly: 'Billing' }] }),
      'mailboxes[0].folders[0].name: is missing.',
    ],
    [
      'a former id of an account that is polled under it',
      { ...least, mailboxes: [mailbox, { ...mailbox, account: 'help', formerly: ['support'] }] },
      'mailboxes[1].formerly: names the account of mailboxes[0], which is still polled.',
    ],
    [
      'an unknown time zone',
      withDigest({ timeZone: 'Europe/Atlantis' }),
      'digest.timeZone: "Europe/Atlantis" is not a time zone. Write an IANA name',
    ],
    ['an offset', withDigest({ timeZone: '+02:00' }), 'digest.timeZone: "+02:00" is not a time zone.'],
    ['a time that does not exist', withDigest({ at: '7:30' }), 'digest.at: "7:30" is not a time of day. Write hours'],
    [
      'two schedules',
      withDigest({ every: 'hour' }),
      'digest: both at and every are given. Write { from, to, timeZone }',
    ],
    [
      'a malformed email address',
      { ...least, alarms: { email: 'ops' } },
      'alarms.email: "ops" is not an email address. Write one plain address such as \'you@example.com\'.',
    ],
    [
      'an unknown key',
      withRule({ form: 'stripe.com' }),
      'routes[0].rules[0]: "form" is not a field of a rule. Allowed: name, from, to, subject, list, header, authenticated.',
    ],
    ['a key that is missing', { ...least, digest: undefined }, 'digest: is missing. Write { from, to, timeZone }'],
    ['no mailbox', { ...least, mailboxes: [] }, 'mailboxes: is empty. Write at least one mailbox in [ ].'],
    ['something else altogether', 'settings', 'settings: a string is not the settings. Allowed: mailboxes, routes,'],
  ])('%s', (_, settings, problem) => {
    const [, ...problems] = refusalOf(settings).split('\n');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('lists all mistakes at once, one a line', () => {
    const wrong = {
      ...least,
      mailboxes: [mailbox, { ...mailbox, host: '', tls: 'none' }, { ...mailbox, account: undefined, tls: 'off' }],
      routes: [
        {
          ...least.routes[0],
          colour: 'red',
          rules: [{ ...rule, subject: '(', authenticated: true }, {}, ['rule']],
        },
      ],
      digest: { ...digest, timeZone: 'Mars' },
    };
    const paths = refusalOf(wrong)
      .split('\n')
      .slice(1)
      .map((problem) => problem.split(': ')[0]);
    expect(paths.sort()).toEqual([
      'digest.timeZone',
      'mailboxes[1].account',
      'mailboxes[1].host',
      'mailboxes[1].tls',
      'mailboxes[2].account',
      'mailboxes[2].tls',
      'routes[0].colour',
      'routes[0].rules[0].authenticated',
      'routes[0].rules[0].subject',
      'routes[0].rules[1]',
      'routes[0].rules[1].name',
      'routes[0].rules[2]',
    ]);
  });
});

describe('a secret in the wrong place', () => {
  const secret = 'xoxb-hunter2';
  it.each<[place: string, settings: unknown, path: string]>([
    ['as a password', withMailbox({ auth: { passwordParameter: secret } }), 'mailboxes[0].auth.passwordParameter: '],
    [
      'as a path',
      withMailbox({ auth: { passwordParameter: `/${secret}+/=` } }),
      'mailboxes[0].auth.passwordParameter: ',
    ],
    ['as the login', withMailbox({ auth: secret }), 'mailboxes[0].auth: '],
    ['under another name', withMailbox({ auth: { password: secret } }), 'mailboxes[0].auth: '],
    [
      'as a client id',
      withMailbox({ auth: { provider: 'gmail', clientId: ` ${secret}` } }),
      'mailboxes[0].auth.clientId',
    ],
    [
      'in a URL',
      withMailbox({ host: `imaps://me:${secret}@imap.example.com` }),
      'mailboxes[0].host: a URL with a user',
    ],
    ['as the bot token', withRoute({ discord: { ...bot, botTokenParameter: secret } }), 'routes[0].discord.botToken'],
    ['as a channel', withRoute({ discord: { ...bot, channelId: secret } }), 'routes[0].discord.channelId: '],
    [
      'as a webhook',
      withRoute({ discord: { webhookParameter: `https://discord.com/api/webhooks/1/${secret}` } }),
      'routes',
    ],
    ['as the target', withRoute({ discord: `https://discord.com/api/webhooks/1/${secret}` }), 'routes[0].discord: '],
    ['as the heartbeat', { ...least, heartbeatUrl: `ftp://monitor.example.com/${secret}` }, 'heartbeatUrl: '],
  ])('is not repeated: %s', (_, settings, path) => {
    const refusal = refusalOf(settings);
    expect(refusal).toContain(`\n${path}`);
    expect(refusal).not.toContain('hunter2');
  });
});

function rulesOf(settings: unknown) {
  return parseSettings(settings).routes.flatMap(({ rules }) => rules);
}

/** The message with which these settings are refused. */
function refusalOf(settings: unknown): string {
  try {
    parseSettings(settings);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('The settings were taken.');
}

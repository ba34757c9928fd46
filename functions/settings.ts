import { defineSettings } from './core/settings/define-settings.ts';

// The one file you edit. Replace the addresses and ids below, then store two secrets as SSM SecureString parameters
// under the names given here: the mailbox's password and the Discord bot's token. Never write a secret into this file.
export default defineSettings({
  mailboxes: [
    {
      account: 'support',
      host: 'imap.example.com',
      user: 'support@example.com',
      auth: { passwordParameter: '/rollcall/support/password' },
      folders: ['INBOX'],
      everyMinutes: 15,
      startFrom: 'now', // or 'all', or { days: 7 }
    },
  ],

  // Email goes to the first route with a matching rule. Email that matches none is in the daily digest.
  // All parts of a rule must match; several items of one part are alternatives.
  // `from: 'stripe.com'` means the domain and its subdomains. Patterns are RE2, anywhere in the subject, in any case.
  routes: [
    {
      id: 'vip',
      colour: '#e8a33d',
      discord: { channelId: '100000000000000001', botTokenParameter: '/rollcall/discord-bot-token' },
      ping: { users: ['100000000000000009'] }, // your own Discord user id
      // Anyone can write a sender, and this route pings. Name your receiver in the mailbox (`authservId: 'mx.example.com'`)
      // and add `authenticated: true` here to accept only email that passed its checks.
      rules: [{ name: 'board and investors', from: ['board@example.com', 'investor.example'] }],
    },
    {
      id: 'stripe',
      colour: '#635bff',
      discord: { channelId: '100000000000000002', botTokenParameter: '/rollcall/discord-bot-token' },
      // Anyone can write a sender. Name your receiver in the mailbox (`authservId: 'mx.example.com'`) and add
      // `authenticated: true` here to accept only email that passed its checks.
      rules: [{ name: 'payments', from: 'stripe.com', subject: 'payment (of|received|failed)|payout|charge failed' }],
    },
    {
      id: 'customer',
      colour: '#3ba55d',
      discord: { channelId: '100000000000000003', botTokenParameter: '/rollcall/discord-bot-token' },
      rules: [
        {
          name: 'inquiries',
          to: 'support@example.com',
          subject: ['\\b(inquiry|enquiry)\\b', 'question about', 'request for (a )?quote', 'cannot log in', 'refund'],
        },
      ],
    },
  ],

  digest: {
    from: 'rollcall@example.com', // an identity that is verified in SES
    to: 'you@example.com',
    at: '07:30', // or every: 'hour'
    timeZone: 'Europe/Berlin',
  },

  // Alarms arrive by email through SNS, never through Discord.
  alarms: { email: 'ops@example.com' },
});

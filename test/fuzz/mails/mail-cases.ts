import { mailLink } from '../../../functions/core/mail/mail-link.ts';
import { compileRules } from '../../../functions/core/rules/classify.ts';
import { routeSchema } from '../../../functions/core/settings/route-schema.ts';
import settings from '../../../functions/settings.ts';
import type { CaseMaker } from '../fuzz-case.ts';
import { randomOf } from '../random.ts';
import { checkMail } from './check-mail.ts';
import { mutatedMail } from './mutate-mail.ts';
import { rawMailOf } from './raw-mail-of.ts';
import { seedMails } from './seed-mails.ts';

/** Asks for everything that the shipped rules do not: lists, header fields, authentication, a pattern made to take long. */
const everyCondition = routeSchema.parse({
  id: 'every-condition',
  discord: { channelId: '100000000000000004', botTokenParameter: '/rollcall/discord-bot-token' },
  rules: [
    { name: 'list', list: 'lists.example.org', header: { name: 'x-priority', matches: '^1' } },
    { name: 'long', subject: '(a+)+$|(.*a){9}x', authenticated: true },
    { name: 'authenticated', from: 'example.org', authenticated: true },
  ],
});

/** Mutated emails, cut as a server returns them, on the way from reading to post, spool and digest. */
export async function mailCases(): Promise<CaseMaker> {
  const seeds = await seedMails();
  const classifiers = [[everyCondition, ...settings.routes], settings.routes].map((routes) =>
    compileRules(routes, { authservIdOf: () => 'mx.example.com' }),
  );
  return async (seed, caseNumber) => {
    const random = randomOf('mails', seed, caseNumber);
    const mail = mutatedMail(random, seeds);
    const raw = rawMailOf(mail, random);
    const account = { host: random.pick(['imap.example.com', 'imap.gmail.com']), user: 'support@example.com' };
    const dependencies = {
      location: { mailbox: 'support/INBOX', uidValidity: '1700000000', uid: raw.uid },
      linkTo: (messageId: string | undefined) => mailLink(account, messageId),
      classify: random.pick(classifiers),
      thorough: random.chance(0.1),
    };
    return {
      what: `a mail of ${mail.length} bytes, ${raw.header.length} of header and ${raw.body.length} of body fetched`,
      input: mail,
      run: () => checkMail(raw, dependencies),
    };
  };
}

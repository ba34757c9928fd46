import type { MailSession } from '../../../functions/core/mail/mail-reader.ts';

/** The uids that the server lists, as polls and audits ask for them. */
export async function uidsAbove(session: MailSession, uid: number): Promise<number[]> {
  return (await session.list(uid)).map((mail) => mail.uid);
}

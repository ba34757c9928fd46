/** What a function may weigh, in 1,000 bytes: minified, with everything that it needs, without the map. By its folder. */
export const BUDGETS_KB: Readonly<Record<string, number>> = {
  // 500 KB of it are the charset tables of iconv-lite, by which imapflow names folders and decodes the words of an ENVELOPE.
  'poll-inbox': 1_900,
  // It reads email as the poll does.
  'audit-inbox': 1_900,
  'post-to-discord': 800,
  'send-digest': 950,
  // It asks two services more than the poster: SES and SNS.
  'check-routes': 800,
};

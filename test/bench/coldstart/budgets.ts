/** What a function may weigh, in 1,000 bytes: minified, with everything that it needs, without the map. By its folder. */
export const BUDGETS_KB: Readonly<Record<string, number>> = {
  // 500 KB of it are the charset tables of iconv-lite, by which emails are read and imapflow names folders; 130 KB are the
  // Public Suffix List.
  'poll-inbox': 2_050,
  // It reads email as the poll does.
  'audit-inbox': 2_050,
  'post-to-discord': 800,
  'send-digest': 950,
  // It asks two services more than the poster: SES and SNS.
  'check-routes': 800,
};

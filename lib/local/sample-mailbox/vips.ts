import { ADDRESSES, authenticatedBy, composed, type MailDraft } from './sample-mail.ts';

const FROM_BOARD = {
  from: `Maren Holt <${ADDRESSES.board}>`,
  to: ADDRESSES.team,
  headers: { 'Authentication-Results': authenticatedBy('example.com') },
};
const FROM_INVESTOR = {
  from: `Jonas Ekström <${ADDRESSES.investor}>`,
  to: ADDRESSES.team,
  headers: { 'Authentication-Results': authenticatedBy('investor.example') },
};

export const vipMails: readonly MailDraft[] = [
  composed({
    name: 'vip-board-pack',
    hoursAgo: 4,
    expectedRoute: 'vip',
    snippetContains: 'hiring plan',
    mail: {
      ...FROM_BOARD,
      subject: 'Board pack for Thursday: one open point',
      text: 'Page 7 still has the old hiring plan. Can you send the new one today?\n\nMaren',
    },
  }),
  composed({
    name: 'vip-runway',
    hoursAgo: 11,
    expectedRoute: 'vip',
    snippetContains: 'eighteen months',
    mail: {
      ...FROM_INVESTOR,
      subject: 'Re: Runway after the new office',
      inReplyTo: '<runway-7@example.com>',
      text: 'So that is eighteen months instead of twenty. Fine with me – let’s talk on Monday.\n\nJonas',
      html: '<p>So that is eighteen months instead of twenty. Fine with me – let’s talk on Monday.</p><p>Jonas</p>',
    },
  }),
  composed({
    name: 'vip-term-sheet-attached',
    hoursAgo: 22,
    expectedRoute: 'vip',
    snippetContains: 'the signed copy',
    mail: {
      ...FROM_INVESTOR,
      subject: 'Term sheet, signed',
      text: 'Here is the signed copy. Ours is page four.',
      attachments: [{ filename: 'term-sheet.pdf', content: Buffer.alloc(200_000, '%PDF-1.7 ') }],
    },
  }),
  composed({
    name: 'vip-invitation',
    hoursAgo: 30,
    expectedRoute: 'vip',
    snippetContains: 'fifteen minutes later',
    mail: {
      ...FROM_BOARD,
      subject: 'Board call moves to 15:15',
      text: 'We start fifteen minutes later on Thursday.',
      icalEvent: {
        method: 'REQUEST',
        content: 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n',
      },
    },
  }),
];

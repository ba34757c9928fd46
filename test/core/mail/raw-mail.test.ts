import { describe, expect, it } from 'vitest';
import { findTextParts, type StructureNode } from '../../../functions/core/mail/raw-mail.ts';

const SEEN_BYTES = 4_096;
const plain = (part: string, size: number, more: Partial<StructureNode> = {}): StructureNode => ({
  part,
  type: 'text/plain',
  parameters: { charset: 'utf-8' },
  encoding: '7bit',
  size,
  ...more,
});
const html = (part: string, size: number): StructureNode => ({ ...plain(part, size), type: 'text/html' });
const pdf = (part: string, size: number): StructureNode => ({
  part,
  type: 'application/pdf',
  size,
  disposition: 'attachment',
});
const multipart = (subtype: string, ...childNodes: StructureNode[]): StructureNode => ({
  type: `multipart/${subtype}`,
  childNodes,
});

describe('the part that a second fetch asks for', () => {
  it.each<[string, StructureNode, string | undefined]>([
    ['a message that is one text', plain('1', 9_000), '1'],
    ['a message whose one part has no number', { type: 'TEXT/HTML', size: 90_000 }, '1'],
    ['a text behind an attachment', multipart('mixed', pdf('1', 2_000_000), plain('2', 300)), '2'],
    ['plain text before HTML', multipart('alternative', html('1', 9_000), plain('2', 9_000)), '2'],
    [
      'HTML, where the plain text was read and is blank',
      multipart('alternative', plain('1', 60), html('2', 50_000)),
      '2',
    ],
    ['HTML, where the plain text is two line ends', multipart('alternative', plain('1', 4), html('2', 50_000)), '2'],
    [
      'the mail, not the footer of its mailing list',
      multipart('mixed', pdf('1', 9_000), html('2', 50_000), plain('3', 200)),
      '2',
    ],
    [
      'alternatives within related within mixed',
      multipart(
        'mixed',
        pdf('1', 9_000),
        multipart('related', multipart('alternative', plain('2.1.1', 800), html('2.1.2', 900))),
      ),
      '2.1.1',
    ],
    [
      'a forwarded mail of several parts',
      multipart('mixed', pdf('1', 9_000), {
        part: '2',
        type: 'message/rfc822',
        childNodes: [multipart('mixed', plain('2.1', 40_000))],
      }),
      '2.1',
    ],
    [
      'the text of a forwarded mail that is one text, which imapflow gives the number of the mail',
      multipart('mixed', pdf('1', 9_000), { part: '2', type: 'message/rfc822', childNodes: [plain('2', 40_000)] }),
      '2.1',
    ],
    ['a part that may be read already, rather than none', multipart('mixed', plain('1', 1_500)), '1'],
    ['nothing of a mail that has attachments only', multipart('mixed', pdf('1', 9_000)), undefined],
    ['no text that is an attachment', multipart('mixed', plain('1', 9_000, { disposition: 'ATTACHMENT' })), undefined],
  ])('is %s', (_what, structure, section) => {
    expect(findTextParts(structure, SEEN_BYTES)[0]?.section).toBe(section);
  });

  it('comes with all that is needed to decode it', () => {
    const node = plain('1', 9_000, {
      encoding: 'quoted-printable',
      parameters: { charset: 'iso-2022-jp', format: 'Flowed', delsp: 'Yes' },
    });
    expect(findTextParts(node, SEEN_BYTES)[0]).toEqual({
      section: '1',
      type: 'text/plain',
      charset: 'iso-2022-jp',
      encoding: 'quoted-printable',
      flow: 'flowed, delsp',
    });
  });
});

import { expect, it, vi } from 'vitest';
import { lacksText } from '../../../functions/core/mail/read-mail.ts';
import { rawMailOf, read } from './raw-mail-of.ts';

vi.mock('htmlparser2', () => ({
  Parser: class {
    write() {
      throw new RangeError('a fault\r\n of the \u202Eparser');
    }
  },
}));

const HEADER = ['From: Ada <ada@example.com>', 'Subject: Hello', 'Message-ID: <1@example.com>'];

it('a mail that a fault of a library makes unreadable comes back with its problem, its envelope and its identity', () => {
  const envelope = { from: 'ada@example.com', to: '', subject: 'Hello', messageId: '<1@example.com>' };
  const unreadable = read(rawMailOf([...HEADER, 'Content-Type: text/html', '', '<p>text'], { envelope }));
  expect(unreadable).toMatchObject({
    problem: 'the mail could not be read: a fault of the parser',
    from: [{ name: '', address: 'ada@example.com' }],
    subject: 'Hello',
    snippet: '',
  });
  expect(lacksText(unreadable)).toBe(false);
  expect(unreadable.mailId).toBe(read(rawMailOf([...HEADER, '', '<p>text'])).mailId);
});

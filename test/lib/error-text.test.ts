import { expect, it } from 'vitest';
import { errorTextOf } from '../../lib/error-text.ts';

it.each(['CommandError', 'OptionError', 'SettingsError', 'MailboxFailure', 'SecretMissing'])(
  'a %s shows its message and nothing else',
  (name) => {
    const error = Object.assign(new Error('Name a mailbox with --mailbox.'), { name });
    expect(errorTextOf(error)).toBe('Name a mailbox with --mailbox.');
  },
);

it('any other error is a fault of Rollcall, and shows where it comes from', () => {
  expect(errorTextOf(new TypeError('x is undefined'))).toMatch(
    /^TypeError: x is undefined\n {4}at .*error-text\.test\.ts/,
  );
});

it('what is thrown and is no error is shown as it is', () => {
  expect(errorTextOf('no')).toBe('no');
});

import * as z from 'zod';
import { fields, oneForm, oneOf, oneOrMore, text } from '../fields.ts';
import { emailAddress } from './settings-text.ts';

/** Who gets the digest, and when. */
export type DigestSettings = {
  from: string;
  to: string[];
  /** `at` is HH:MM in the time zone. */
  schedule: { kind: 'daily'; at: string; timeZone: string } | { kind: 'hourly'; timeZone: string };
};

const timeZone = text((value) => timeZoneNamed(value) !== undefined, {
  what: 'a time zone',
  allowed: "Write an IANA name such as 'Europe/Berlin' or 'UTC'.",
}).transform((value): string => timeZoneNamed(value) ?? z.NEVER);

/**
 * EventBridge Scheduler requires the exact case of the name, unlike Intl; it does not accept offsets such as +02:00.
 */
function timeZoneNamed(name: string): string | undefined {
  if (!/^[a-z]/i.test(name)) return undefined;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const timeOfDay = text((value) => /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(value), {
  what: 'a time of day',
  allowed: "Write hours and minutes, '00:00' to '23:59', such as '07:30'.",
});

const addressees = {
  from: emailAddress(),
  to: oneOrMore(emailAddress(), { what: 'an email address or a list of them' }),
  timeZone,
};

const daily = fields('a daily digest', { ...addressees, at: timeOfDay }).transform(
  ({ from, to, at, timeZone }): DigestSettings => ({ from, to, schedule: { kind: 'daily', at, timeZone } }),
);

const hourly = fields('an hourly digest', { ...addressees, every: oneOf(['hour']) }).transform(
  ({ from, to, timeZone }): DigestSettings => ({ from, to, schedule: { kind: 'hourly', timeZone } }),
);

export const digestSchema = oneForm<z.input<typeof daily> | z.input<typeof hourly>, DigestSettings>(
  'a digest',
  "Write { from, to, timeZone } with at: '07:30' for a daily digest, or with every: 'hour'.",
  (digest) => {
    if ('at' in digest && 'every' in digest) return 'both at and every are given';
    return 'every' in digest ? hourly : daily;
  },
);

import { expect, it } from 'vitest';
import { sendingIdentitiesOf } from '../../../functions/core/settings/sending-identities.ts';

it.each([
  ['ada@example.com', ['ada@example.com', 'example.com']],
  ['ada@mail.eu.example.com', ['ada@mail.eu.example.com', 'mail.eu.example.com', 'eu.example.com', 'example.com']],
  ['Ada@Example.COM', ['Ada@example.com', 'example.com']],
])('SES takes mail of %s by any of %j', (address, identities) => {
  expect(sendingIdentitiesOf(address)).toEqual(identities);
});

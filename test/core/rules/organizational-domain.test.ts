import { expect, it } from 'vitest';
import { isAligned } from '../../../functions/core/rules/organizational-domain.ts';

it.each([
  ['stripe.com', 'stripe.com'],
  ['stripe.com', 'em.stripe.com'],
  ['mail.stripe.com', 'em.stripe.com'],
  ['shop.example.co.uk', 'example.co.uk'],
  ['b.a.xn--55qx5d.cn', 'a.xn--55qx5d.cn'],
  ['a.evil.github.io', 'evil.github.io'],
  ['github.io', 'github.io'],
])('%s and %s belong to one organization', (one, other) => {
  expect([isAligned(one, other), isAligned(other, one)]).toEqual([true, true]);
});

it.each([
  ['evil.github.io', 'github.io'],
  ['evil.github.io', 'good.github.io'],
  ['evil.co.uk', 'co.uk'],
  ['evil.co.uk', 'good.co.uk'],
  ['stripe.com', 'com'],
  ['com', 'com'],
  ['stripe.com.evil.example', 'stripe.com'],
  ['evilstripe.com', 'stripe.com'],
  ['1.192.0.2.1', '192.0.2.1'],
])('%s and %s do not', (one, other) => {
  expect([isAligned(one, other), isAligned(other, one)]).toEqual([false, false]);
});

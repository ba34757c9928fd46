import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { recordOf } from '../../../functions/core/mail/mail.ts';
import { compileRules } from '../../../functions/core/rules/classify.ts';
import { ruleSchema } from '../../../functions/core/rules/rule-schema.ts';
import { rawMailOf, read } from '../mail/raw-mail-of.ts';

/** Emails found in the issues of other projects, with the route that these rules must give each. */
const CORPUS = new URL('corpus/', import.meta.url);
const RULES = {
  stripe: { name: 'payments', from: 'stripe.com', subject: 'payment received' },
  auth: { name: 'bank', from: 'bank.example', authenticated: true },
  list: { name: 'developers', list: 'dev.lists.example.com' },
  customer: { name: 'inquiries', to: 'support@example.com', subject: 'refund' },
};

const classify = compileRules(
  Object.entries(RULES).map(([id, rule]) => ({ id, rules: [ruleSchema.parse(rule)] })),
  { authservIdOf: () => 'mx.example.com' },
);

const names = readdirSync(CORPUS).filter((name) => name.endsWith('.eml'));

it.each(names)('%s', (name) => {
  const expected = JSON.parse(readFileSync(new URL(name.replace(/\.eml$/, '.expected.json'), CORPUS), 'utf8'));
  const mail = read(rawMailOf(readFileSync(new URL(name, CORPUS))));
  expect(classify(mail)).toMatchObject({ route: expected.route });
  expect(recordOf(mail).from).toContain(expected.from ?? '');
});

it('are read', () => {
  expect(names.length).toBe(6);
});

import { expect, it } from 'vitest';
import { readSource } from './raw-mail-of.ts';

const resultsIn = (...header: string[]) => readSource([...header, '', '']).headers.get('authentication-results');

it('Authentication-Results directly below each other are told from those with other fields between', () => {
  expect(
    resultsIn(
      'Authentication-Results: a',
      '\tfolded',
      'authentication-results : b',
      'Received: x',
      'Authentication-Results: c',
      'no field',
      'Authentication-Results:',
      'Subject: x',
      'From: y',
      'Authentication-Results: d',
    ),
  ).toEqual(['a\tfolded', 'b', '', 'c', '', '', 'd']);
  expect(resultsIn('Subject: x', 'Authentication-Results: a', 'Subject: x')).toEqual(['a']);
  expect(resultsIn('Subject: x')).toBeUndefined();
});

import { describe, expect, it } from 'vitest';
import { parameterName, snowflake } from '../../../functions/core/settings/settings-text.ts';

describe('the longest and the shortest text that a setting takes', () => {
  /** `/aaa…/aaa…` of so many levels and so many characters. */
  function nameOf(levels: number, characters: number): string {
    const shortest = '/a'.repeat(levels);
    return shortest + 'a'.repeat(characters - shortest.length);
  }

  it.each([
    ['a name of 1011 characters', nameOf(15, 1_011), true],
    ['a name of 1012 characters', nameOf(15, 1_012), false],
    ['a name of 16 levels', nameOf(16, 100), false],
    ['a name of one level', '/a', true],
    ['a name without a level', '/', false],
    ['a name below /aws', '/aws/secret', false],
    ['a name below /SSM', '/SSM-secret', false],
  ])('%s', (_what, name, isTaken) => {
    expect(parameterName().safeParse(name).success).toBe(isTaken);
  });

  it.each([
    [16, false],
    [17, true],
    [20, true],
    [21, false],
  ])('an id of %i digits', (digits, isTaken) => {
    expect(snowflake('a channel').safeParse('1'.repeat(digits)).success).toBe(isTaken);
  });
});

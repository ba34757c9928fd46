import { describe, expect, it } from 'vitest';
import { contentTypeOf } from '../../../functions/core/mail/content-type.ts';

const boundaryIn = (value: string) =>
  contentTypeOf(new Map([['content-type', [`multipart/mixed; ${value}`]]])).parameter('boundary');

describe('a parameter that is continued (RFC 2231)', () => {
  it.each([
    ['in plain sections', 'boundary*0=ab; boundary*1=cd; boundary*2=ef', 'abcdef'],
    ['in encoded sections', "boundary*0*=us-ascii''a%62; boundary*1*=c%64", 'abcd'],
    ['in both, of which only one is decoded', "boundary*0*=us-ascii''a%62; boundary*1=c%64", 'abc%64'],
    ['as a whole', "boundary*=us-ascii''a%62", 'ab'],
    ['up to the section that is missing', 'boundary*0=ab; boundary*2=ef', 'ab'],
  ])('%s', (_how, value, boundary) => {
    expect(boundaryIn(value)).toBe(boundary);
  });

  it('without its first section is none', () => {
    expect(boundaryIn('boundary*1=cd')).toBeUndefined();
  });
});

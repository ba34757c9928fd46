import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodedText } from '../../../functions/core/mail/charset.ts';
import { cpuMsOf } from '../../cpu-time.ts';
import { readSource, withBody } from './raw-mail-of.ts';

/** Label, text, and the text's bytes in base64. */
const LABELLED: readonly (readonly [charset: string, label: string, text: string, bytes: string])[] = [
  ['UTF-8', 'utf-8', 'Größe – 見積もり – 🎉', 'R3LDtsOfZSDigJMg6KaL56mN44KC44KKIOKAkyDwn46J'],
  ['UTF-8 with a byte order mark', 'utf-8', 'Größe', '77u/R3LDtsOfZQ=='],
  ['ISO-8859-1', 'iso-8859-1', 'À bientôt, señor', 'wCBiaWVudPR0LCBzZfFvcg=='],
  ['ISO-8859-2', 'iso-8859-2', 'Příliš žluťoučký kůň', 'UPjtbGm5IL5sdbtvdehr/SBr+fI='],
  ['ISO-8859-3', 'iso-8859-3', 'Ħaż-żejt u ĝardeno', 'oWG/Lb9lanQgdSD4YXJkZW5v'],
  ['ISO-8859-4', 'iso-8859-4', 'Ķemmdziju ēka', '02VtbWR6aWp1ILprYQ=='],
  ['ISO-8859-5', 'iso-8859-5', 'Съешь ещё этих булок', 'werV6Owg1enxIO3i2OUg0ePb3to='],
  ['ISO-8859-6', 'iso-8859-6', 'مرحبا بالعالم', '5dHNyMcgyMfk2cfk5Q=='],
  ['ISO-8859-7', 'iso-8859-7', 'Καλημέρα κόσμε', 'yuHr5+zd8eEg6vzz7OU='],
  ['ISO-8859-8', 'iso-8859-8-i', 'שלום עולם', '+ezl7SDy5ezt'],
  ['ISO-8859-9', 'iso-8859-9', 'Işığı açık bırakmayın', 'Sf798P0gYef9ayBi/XJha21hef1u'],
  ['ISO-8859-10', 'iso-8859-10', 'Þæt ŋ đ', '3uZ0IL8guQ=='],
  ['ISO-8859-13', 'iso-8859-13', 'Ąžuolas šlama', 'wP51b2xhcyDwbGFtYQ=='],
  ['ISO-8859-14', 'iso-8859-14', 'Ŵyneb tŷ', '0HluZWIgdP4='],
  ['ISO-8859-15', 'iso-8859-15', '20 € für Œuvres', 'MjAgpCBm/HIgvHV2cmVz'],
  ['windows-1250', 'windows-1250', '„Łódź” – 20 €', 'hKPzZJ+UIJYgMjAggA=='],
  ['windows-1251', 'windows-1251', 'Счёт № 7 — «срочно»', '0fe48iC5IDcglyCr8fDu9+3uuw=='],
  ['windows-1252', 'windows-1252', '„Größe“ – 20 € …', 'hEdy9t9lkyCWIDIwIIAghQ=='],
  ['windows-1253', 'windows-1253', 'Καλημέρα – 20 €', 'yuHr5+zd8eEgliAyMCCA'],
  ['windows-1254', 'windows-1254', 'Işık “açık” – 20 €', 'Sf79ayCTYef9a5QgliAyMCCA'],
  ['windows-1255', 'windows-1255', 'שלום – ₪ 20', '+ezl7SCWIKQgMjA='],
  ['windows-1256', 'windows-1256', 'سلام پدر', '0+HH4yCBz9E='],
  ['windows-1257', 'windows-1257', 'Ąžuolas – 20 €', 'wP51b2xhcyCWIDIwIIA='],
  ['windows-1258', 'windows-1258', 'Đường – 20 ₫', '0P31zG5nIJYgMjAg/g=='],
  ['KOI8-R', 'koi8-r', 'Приглашение на выставку', '8NLJx8zB28XOycUgzsEg19nT1MHXy9U='],
  ['KOI8-U', 'koi8-u', 'Запрошення від Їжака', '+sHQ0s/bxc7O0SDXpsQgt9bBy8E='],
  ['IBM866', 'cp866', 'Приглашение', 'j+Coo6ug6KWtqKU='],
  ['macintosh', 'macintosh', 'Größe “M”', 'R3Kap2Ug0k3T'],
  ['TIS-620', 'tis-620', 'สวัสดีชาวโลก', 'ysfRyrTVqtLH4sWh'],
  [
    'ISO-2022-JP',
    'iso-2022-jp',
    'ログインできません。abc 請求書',
    'GyRCJW0lMCUkJXMkRyQtJF4kOyRzISMbKEJhYmMgGyRCQEE1YT1xGyhC',
  ],
  ['Shift_JIS', 'shift_jis', 'お見積もりの件①', 'gqiMqZDPguCC6ILMjI+HQA=='],
  ['EUC-JP', 'euc-jp', 'お見積もりの件でご連絡', 'pKq4q8DRpOKk6qTOt++kx6S0z6LN7Q=='],
  ['GB2312', 'gb2312', '您好，发票已寄出', 'xPq6w6Ost6LGsdLRvMSz9g=='],
  ['GBK', 'gbk', '您好，發票已寄出€', 'xPq6w6OssGzGsdLRvMSz9oA='],
  ['GB18030', 'gb18030', '您好，𠀀发票', 'xPq6w6OslTKCNreixrE='],
  ['Big5', 'big5', '您好，發票已寄出', 'sXqmbqFBtW+yvKR3sUilWA=='],
  ['EUC-KR', 'ks_c_5601-1987', '안녕하세요 송장입니다', 'vsiz58fPvLy/5CC828DlwNS0z7TZ'],
  ['IBM 437', 'ibm437', 'Größe für 20 £ ½', 'R3KU4WUgZoFyIDIwIJwgqw=='],
  ['IBM 850', 'ibm850', 'Größe für 20 £ ½', 'R3KU4WUgZoFyIDIwIJwgqw=='],
  ['IBM 852', 'cp852', 'Příliš žluťoučký', 'UP2hbGnnIKdsdZxvdZ9r7A=='],
  ['IBM 858', 'cp858', 'Größe - 20 €', 'R3KU4WUgLSAyMCDV'],
  ['ISO-8859-16', 'iso-8859-16', 'Știri și €', 'qnRpcmkgumkgpA=='],
  ['VISCII', 'viscii', 'Đường', '0N+2bmc='],
  ['UTF-7', 'utf-7', 'Größe & 中文', 'R3IrQVBZQTN3LWUgJiArVGkxbGh3LQ=='],
  ['UTF-32', 'utf-32le', 'Größe', 'RwAAAHIAAAD2AAAA3wAAAGUAAAA='],
  ['ISO-2022-KR', 'iso-2022-kr', '안녕하세요 abc 송장', 'GyQpQw4+SDNnR088PD9kDyBhYmMgDjxbQGUP'],
  ['HZ-GB-2312', 'hz-gb-2312', '您好 abc ~ 发票', 'fntEejpDfn0gYWJjIH5+IH57NyJGMX59'],
  ['UTF-16 with its mark', 'utf-16', 'Größe 見', '//5HAHIA9gDfAGUAIACLiQ=='],
  ['UTF-16BE', 'utf-16be', 'Größe', 'AEcAcgD2AN8AZQ=='],
];

const bytesOf = (text: string) => Buffer.from(text, 'latin1');

describe('text in the charset that it names', () => {
  it.each(LABELLED)('%s', (_charset, label, text, bytes) => {
    expect(decodedText(Buffer.from(bytes, 'base64'), label, 'whole').normalize('NFC')).toBe(text);
  });

  it.each(LABELLED)('%s, in the body and the subject of a mail', (_charset, label, text, bytes) => {
    const mail = readSource([
      `Subject: =?${label}?B?${bytes}?=`,
      `Content-Type: text/plain; charset="${label.toUpperCase()}"`,
      'Content-Transfer-Encoding: base64',
      '',
      bytes,
    ]);
    expect([mail.subject, mail.snippet].map((shown) => shown.normalize('NFC'))).toEqual([text, text]);
  });

  it.each([
    ['x-sjis', 'お見', 'gqiMqQ=='],
    ['cp932', 'お見', 'gqiMqQ=='],
    ['MS_Kanji', 'お見', 'gqiMqQ=='],
    ['x-euc-jp', 'お見', 'pKq4qw=='],
    ['cp936', '您好', 'xPq6ww=='],
    ['x-gbk', '您好', 'xPq6ww=='],
    ['GB_2312-80', '您好', 'xPq6ww=='],
    ['cp949', '안녕', 'vsiz5w=='],
    ['cp1251', 'Да', 'xOA='],
    ['win-1251', 'Да', 'xOA='],
    ["'iso-8859-5'", 'Да', 'tNA='],
    ['iso-8859-16', 'România', 'Um9t4m5pYQ=='],
    ['utf8', 'é', 'w6k='],
    ['utf-8mb4', 'é', 'w6k='],
  ])('also where a sender calls it %s', (label, text, bytes) => {
    expect(decodedText(Buffer.from(bytes, 'base64'), label, 'whole')).toBe(text);
  });
});

describe('text whose label is wrong', () => {
  const german = Buffer.from('Größe „M“ – 20 €');
  const germanWindows = bytesOf('Gr\xF6\xDFe \x84M\x93 \x96 20 \x80');

  it.each(['iso-8859-1', 'us-ascii', 'windows-1252', 'iso-8859-15', 'koi8-r', 'x-unknown', '', undefined])(
    'is UTF-8 though it says %s',
    (label) => {
      expect(decodedText(german, label, 'whole')).toBe('Größe „M“ – 20 €');
    },
  );

  it.each(['iso-8859-1', 'utf-8', 'us-ascii', 'x-unknown', 'unicode-1-1-utf-7', '', undefined])(
    'is windows-1252 though it says %s',
    (label) => {
      expect(decodedText(germanWindows, label, 'whole')).toBe('Größe „M“ – 20 €');
    },
  );

  it.each(['gb2312', 'shift_jis', 'big5', 'euc-kr', 'iso-2022-kr'])(
    'is Chinese in UTF-8 though it says %s',
    (label) => {
      expect(decodedText(Buffer.from('您好，发票已寄出'), label, 'whole')).toBe('您好，发票已寄出');
    },
  );

  it('is taken by its label where two bytes a character could be either', () => {
    expect(decodedText(Buffer.from('0LvQuw==', 'base64'), 'gbk', 'whole')).toBe('谢谢');
  });

  it('is UTF-8 with a broken byte, and stays readable', () => {
    expect(
      decodedText(Buffer.concat([Buffer.from('Größe ä ö'), Buffer.from([0xff]), Buffer.from('ü')]), 'utf-8', 'whole'),
    ).toBe('Größe ä ö\uFFFDü');
  });

  it('has windows-1252 punctuation that a gateway took for C1 controls', () => {
    expect(decodedText(Buffer.from('\x84M\x93 \x96 20 \x80'), 'utf-8', 'whole')).toBe('„M“ – 20 €');
    expect(decodedText(bytesOf('\xA3\x96'), 'iso-8859-2', 'whole')).toBe('Ł–');
  });

  it('is what its byte order mark says', () => {
    expect(decodedText(Buffer.from('/v8AYQDk', 'base64'), 'utf-16', 'whole')).toBe('aä');
    expect(decodedText(Buffer.from('//5hAOQA', 'base64'), 'utf-8', 'whole')).toBe('aä');
  });

  it('is 7-bit ISO-2022-JP without any label', () => {
    expect(decodedText(bytesOf('\x1b$B@A5a=q\x1b(B'), undefined, 'whole')).toBe('請求書');
  });
});

describe('text that is cut', () => {
  it.each(LABELLED)('in %s ends before the character that the cut went through', (_charset, label, text, bytes) => {
    const whole = Buffer.from(bytes, 'base64');
    for (let length = 0; length <= whole.length; length += 1) {
      const shown = decodedText(whole.subarray(0, length), label, 'cut').normalize('NFC');
      // What remains of a letter before its mark is a letter still.
      const begun = text.startsWith(shown) || text.normalize('NFD').startsWith(shown.normalize('NFD'));
      expect(begun, `${shown} after ${length} bytes`).toBe(true);
    }
  });

  it('is UTF-8 all the same, whatever it says', () => {
    expect(decodedText(Buffer.from('Größe ä').subarray(0, -1), 'iso-8859-1', 'cut')).toBe('Größe ');
  });

  it('keeps a last letter of Latin-1, which begins no character', () => {
    expect(decodedText(bytesOf('un caf\xE9'), 'iso-8859-1', 'cut')).toBe('un café');
    expect(decodedText(bytesOf('un caf\xE9'), 'utf-8', 'whole')).toBe('un café');
  });
});

describe('ISO-2022-JP', () => {
  it('may change its charset twice in a row', () => {
    expect(decodedText(bytesOf('\x1b$B%m%0\x1b(B\x1b$B%$%s\x1b(B\x1b(J!'), 'iso-2022-jp', 'whole')).toBe('ログイン!');
  });
});

describe('any bytes under any label', () => {
  it('become well-formed text, without C1 controls where windows-1252 has characters', () => {
    const label = fc.oneof(fc.constantFrom(...LABELLED.map(([, name]) => name)), fc.string());
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), label, fc.constantFrom('cut', 'whole'), (bytes, name, end) => {
        const text = decodedText(Buffer.from(bytes), name, end);
        expect(text).not.toMatch(/\p{Cs}/u);
        expect(text).not.toMatch(/[\x80\x82-\x8C\x8E\x91-\x9C\x9E\x9F]/);
      }),
    );
  });

  it('are decoded by labels that senders make up as fast as by known ones', () => {
    const bytes = Buffer.from('Größe');
    let count = 0;
    const madeUp = cpuMsOf(() => {
      count += 1;
      decodedText(bytes, `x-charset-${count}`, 'whole');
    });
    // It was a thousand times as slow.
    expect(madeUp / cpuMsOf(() => decodedText(bytes, 'iso-8859-1', 'whole'))).toBeLessThan(50);
  });

  it('and mail in 8-bit charsets is read as sent', () => {
    const header = ['Subject: x', 'Content-Type: text/plain; charset=koi8-r', 'Content-Transfer-Encoding: 8bit'];
    expect(readSource(withBody(header, Buffer.from('8NLJx8zB28XOycU=', 'base64'))).snippet).toBe('Приглашение');
  });
});

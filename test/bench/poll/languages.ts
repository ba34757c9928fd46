import type { TransferEncoding } from './encodings.ts';

/** What people write, and how their mail clients put it on the wire. */
export type Language = {
  charset: string;
  encodings: readonly [TransferEncoding, ...TransferEncoding[]];
  names: readonly [string, ...string[]];
  subjects: readonly [string, ...string[]];
  sentences: readonly [string, ...string[]];
};

const ENGLISH = {
  names: ['Ada Lovelace', 'Grace Hopper', 'Acme Billing', 'The Example Team', 'Alan Turing'],
  subjects: [
    'Your invoice is ready',
    'Question about our order',
    'Weekly report',
    'Re: Meeting on Thursday',
    'New sign-in',
  ],
  sentences: [
    'Thank you for the quick reply, that answers most of my questions.',
    'Could you please send us the delivery note for the second pallet?',
    'The invoice for March is attached to this message as a PDF.',
    'We have moved the meeting to Thursday at half past ten.',
    'If you did not request this change, please contact our support team at once.',
    'Your subscription renews automatically unless you cancel it before the end of the month.',
    'I have tried to reach you by telephone, but nobody answered.',
  ],
} as const;

const GERMAN = {
  names: ['Jürgen Weiß', 'Käthe Müller', 'Büro Österreich'],
  subjects: ['Rückfrage zur Lieferung', 'Ihre Bestellung ist unterwegs', 'Öffnungszeiten über die Feiertage'],
  sentences: [
    'Vielen Dank für Ihre Rückmeldung, wir prüfen das und melden uns in Kürze.',
    'Die Ware wurde heute früh unserem Spediteur übergeben.',
    'Könnten Sie uns bitte die Rechnung noch einmal zusenden?',
    'Für Rückfragen stehe ich Ihnen gerne zur Verfügung.',
  ],
} as const;

const RUSSIAN = {
  names: ['Анна Петрова', 'Иван Смирнов'],
  subjects: ['Счёт за март', 'Вопрос о доставке', 'Встреча в четверг'],
  sentences: [
    'Спасибо за быстрый ответ, это решает почти все вопросы.',
    'Пришлите, пожалуйста, накладную на вторую партию.',
    'Встреча перенесена на четверг, на половину одиннадцатого.',
  ],
} as const;

const JAPANESE = {
  names: ['山田太郎', '佐藤花子'],
  subjects: ['ご請求書の送付について', '会議の日程変更のお知らせ'],
  sentences: [
    'いつもお世話になっております。',
    '先日の件について、ご確認をお願いいたします。',
    '会議は木曜日の十時半に変更になりました。',
  ],
} as const;

const CHINESE = {
  names: ['王小明', '李华'],
  subjects: ['三月份的发票', '关于订单的问题'],
  sentences: ['感谢您的快速回复。', '请把第二批货物的送货单发给我们。', '会议改到星期四上午十点半。'],
} as const;

/** Repeated by how often they come: about three quarters UTF-8 or ASCII. */
export const LANGUAGES: readonly [Language, ...Language[]] = [
  { ...ENGLISH, charset: 'utf-8', encodings: ['quoted-printable', '8bit', 'base64'] },
  { ...ENGLISH, charset: 'utf-8', encodings: ['quoted-printable', '7bit'] },
  { ...ENGLISH, charset: 'us-ascii', encodings: ['7bit', 'quoted-printable'] },
  { ...GERMAN, charset: 'utf-8', encodings: ['quoted-printable', '8bit'] },
  { ...JAPANESE, charset: 'utf-8', encodings: ['base64'] },
  { ...RUSSIAN, charset: 'utf-8', encodings: ['base64', '8bit'] },
  { ...GERMAN, charset: 'utf-8', encodings: ['quoted-printable', 'base64'] },
  { ...GERMAN, charset: 'iso-8859-1', encodings: ['quoted-printable', '8bit'] },
  { ...RUSSIAN, charset: 'koi8-r', encodings: ['8bit', 'base64'] },
  { ...RUSSIAN, charset: 'windows-1251', encodings: ['quoted-printable', '8bit'] },
  { ...JAPANESE, charset: 'shift_jis', encodings: ['8bit', 'base64'] },
  { ...CHINESE, charset: 'gb18030', encodings: ['base64', '8bit'] },
];

import { base64Lines, encodedWords, encodeText, transferEncode } from './encodings.ts';
import { LANGUAGES, type Language } from './languages.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';

const SEED = 20_260_302;
const FIRST_RECEIVED_AT_MS = Date.parse('2026-01-05T08:00:00Z');
const MEGABYTE = 1_000_000;

/** A mail and what a person would read of it. */
export type GeneratedMail = { raw: Buffer; receivedAt: Date; subject: string; textContains: string };

type Draft = { number: number; language: Language; random: SeededRandom; attachments: readonly Buffer[] };

/**
 * Realistic emails, always the same ones: a third plain text, two fifths multipart/alternative, a fifth HTML-only
 * newsletters of which half begin with a style sheet, the rest with inline images; every fiftieth has an attachment of
 * 1 to 5 MB. 10,000 of them are about 1 GB.
 */
export function* generatedMails(count: number): Generator<GeneratedMail> {
  const random = seededRandom(SEED);
  const attachments = [1, 2, 3, 4, 5].map((megabytes) => attachmentOf(megabytes * MEGABYTE, random));
  for (let number = 1; number <= count; number += 1) {
    const draft = { number, language: random.oneOf(LANGUAGES), random, attachments };
    yield mailFrom(draft, number % 50 === 25 ? mixedWithAttachment : shapeByChance(random));
  }
}

/** A mail of plain text with an attachment of this size. */
export function mailWithAttachment(number: number, bytes: number): Buffer {
  const random = seededRandom(SEED + number);
  const draft = { number, language: LANGUAGES[0], random, attachments: [attachmentOf(bytes, random)] };
  return mailFrom(draft, bytes > 0 ? mixedWithAttachment : plainText).raw;
}

type Shape = (draft: Draft) => { contentType: string; encoding?: string; body: Buffer };

function shapeByChance(random: SeededRandom): Shape {
  const chance = random.between(1, 100);
  if (chance <= 35) return plainText;
  if (chance <= 77) return alternative;
  return chance <= 95 ? newsletter : mixedWithImage;
}

function mailFrom(draft: Draft, shape: Shape): GeneratedMail {
  const { number, language, random } = draft;
  const subject = `${random.oneOf(language.subjects)} ${number}`;
  const { contentType, encoding, body } = shape(draft);
  const date = new Date(FIRST_RECEIVED_AT_MS + number * 60_000);
  const host = `mail${number % 7}.example.com`;
  const header = [
    `Return-Path: <bounces+${number}@${host}>`,
    'Delivered-To: support@example.org',
    ...[1, 2, 3].map(
      (hop) =>
        `Received: from relay${hop}.${host} (relay${hop}.${host} [192.0.2.${number % 250}])\r\n\tby mx${hop}.example.org with ESMTPS id ${opaque(random, 12)}\r\n\tfor <support@example.org>; ${rfc5322Date(date)}`,
    ),
    `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${host}; s=s1;\r\n\th=from:to:subject:date:message-id:mime-version;\r\n\tbh=${opaque(random, 43)}=; b=${opaque(random, 70)}\r\n\t${opaque(random, 70)}\r\n\t${opaque(random, 70)}`,
    `Authentication-Results: mx.example.org; dkim=pass header.d=${host}; spf=pass smtp.mailfrom=${host}; dmarc=pass header.from=${host}`,
    `From: ${phrase(random.oneOf(language.names), language.charset)} <sender${number % 400}@${host}>`,
    'To: support@example.org',
    `Subject: ${encodedWords(subject, language.charset)}`,
    `Date: ${rfc5322Date(date)}`,
    `Message-ID: <${number}.${opaque(random, 16)}@${host}>`,
    ...(number % 3 === 0
      ? [`List-Id: <news.${host}>`, `List-Unsubscribe: <https://${host}/u/${opaque(random, 60)}>`]
      : []),
    'MIME-Version: 1.0',
    `Content-Type: ${contentType}`,
    ...(encoding ? [`Content-Transfer-Encoding: ${encoding}`] : []),
    `X-Report-Abuse: https://${host}/abuse/${opaque(random, 40)}`,
    '\r\n',
  ].join('\r\n');
  return { raw: Buffer.concat([Buffer.from(header), body]), receivedAt: date, subject, textContains: markOf(draft) };
}

/** Stands at the beginning of every text, so that a reader can be seen to have found it. */
function markOf({ number }: Draft): string {
  return `Ref ${number}.`;
}

function plainText(draft: Draft) {
  const { language, random } = draft;
  const encoding = random.oneOf(language.encodings);
  const quoted = random.between(0, 3) === 0 ? `\r\n\r\n${paragraphs(draft, 3, 8).replaceAll(/^/gm, '> ')}` : '';
  const text = `${markOf(draft)} ${paragraphs(draft, 1, 12)}${quoted}`;
  return {
    contentType: `text/plain; charset=${language.charset}`,
    encoding,
    body: transferEncode(encodeText(text, language.charset), encoding),
  };
}

function alternative(draft: Draft) {
  return multipart('alternative', draft, [
    part(plainText(draft)),
    part(htmlPart(draft, { styleBytes: 0, paragraphs: draft.random.between(20, 120) })),
  ]);
}

function newsletter(draft: Draft) {
  const styleBytes = draft.random.between(0, 1) * draft.random.between(4, 20) * 1_000;
  return htmlPart(draft, { styleBytes, paragraphs: draft.random.between(40, 160) });
}

function mixedWithImage(draft: Draft) {
  const image = `Content-Type: image/png; name="logo.png"\r\nContent-Disposition: inline; filename="logo.png"\r\nContent-ID: <logo>\r\nContent-Transfer-Encoding: base64\r\n\r\n`;
  const bytes = draft.attachments[0]?.subarray(0, 78 * draft.random.between(40, 200)) ?? Buffer.alloc(0);
  return multipart('mixed', draft, [part(alternative(draft)), Buffer.concat([Buffer.from(image), bytes])]);
}

function mixedWithAttachment(draft: Draft) {
  const file = `Content-Type: application/pdf; name="invoice.pdf"\r\nContent-Disposition: attachment; filename="invoice.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n`;
  const attachment = draft.attachments[draft.random.between(0, draft.attachments.length - 1)] ?? Buffer.alloc(0);
  return multipart('mixed', draft, [part(plainText(draft)), Buffer.concat([Buffer.from(file), attachment])]);
}

function htmlPart(draft: Draft, size: { styleBytes: number; paragraphs: number }) {
  const { language, random, number } = draft;
  const encoding = random.oneOf(language.encodings);
  const rule = (index: number) =>
    `.column-${index} .text{font-family:Helvetica,Arial,sans-serif;font-size:${12 + (index % 8)}px;line-height:1.5;color:#${(index * 4_321).toString(16).padStart(6, '0').slice(-6)};padding:0 24px}`;
  const rules = Array.from({ length: Math.ceil(size.styleBytes / rule(10).length) }, (_, index) => rule(index));
  const cells = Array.from(
    { length: size.paragraphs },
    (_, index) =>
      `<tr><td align="left" valign="top" style="font-family:Arial,sans-serif;font-size:14px;color:#333333;padding:8px 24px"><p>${index === 0 ? `${markOf(draft)} ` : ''}${random.oneOf(language.sentences)} <a href="https://mail${number % 7}.example.com/c/${opaque(random, 30)}" style="color:#1155cc">example.com</a> &amp; more</p></td></tr>`,
  );
  const html = [
    '<!DOCTYPE html>',
    `<html><head><meta http-equiv="Content-Type" content="text/html; charset=${language.charset}"><title></title>`,
    ...(rules.length > 0 ? ['<style type="text/css">', ...rules, '</style>'] : []),
    '</head><body bgcolor="#f4f4f4"><table role="presentation" width="100%" cellpadding="0" cellspacing="0">',
    ...cells,
    '</table></body></html>',
  ].join('\r\n');
  return {
    contentType: `text/html; charset="${language.charset}"`,
    encoding,
    body: transferEncode(encodeText(html, language.charset), encoding),
  };
}

function multipart(subtype: string, { number, random }: Draft, parts: readonly Buffer[]) {
  const boundary = `=_${subtype}_${number}_${opaque(random, 12)}`;
  const body = parts.flatMap((content) => [Buffer.from(`--${boundary}\r\n`), content, Buffer.from('\r\n')]);
  return {
    contentType: `multipart/${subtype};\r\n\tboundary="${boundary}"`,
    body: Buffer.concat([...body, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

function part({ contentType, encoding, body }: ReturnType<Shape>): Buffer {
  const fields = [`Content-Type: ${contentType}`, ...(encoding ? [`Content-Transfer-Encoding: ${encoding}`] : [])];
  return Buffer.concat([Buffer.from(`${fields.join('\r\n')}\r\n\r\n`), body]);
}

function paragraphs({ language, random }: Draft, least: number, most: number): string {
  const sentence = () => random.oneOf(language.sentences);
  return Array.from({ length: random.between(least, most) }, () => `${sentence()} ${sentence()}`).join('\r\n\r\n');
}

function attachmentOf(bytes: number, random: SeededRandom): Buffer {
  const block = Buffer.from(Array.from({ length: 57 * 1_024 }, () => random.between(0, 255)));
  const lines = Buffer.from(base64Lines(block), 'latin1');
  return Buffer.concat(Array.from({ length: Math.ceil(bytes / block.length) }, () => lines));
}

function phrase(name: string, charset: string): string {
  return /^[ -~]*$/.test(name) ? `"${name}"` : encodedWords(name, charset);
}

function opaque(random: SeededRandom, length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length }, () => letters[random.between(0, 61)]).join('');
}

function rfc5322Date(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}

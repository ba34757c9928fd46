import * as z from 'zod';
import type { Answer } from '../loopback-server.ts';
import { refuse } from './answers.ts';
import { formErrorsOf, ownCode } from './form-errors.ts';

/**
 * The messages that Discord accepts: https://docs.discord.com/developers/resources/message#create-message and the embed
 * limits there. Lengths are counted in UTF-16 units after trimming: the documentation gives no unit, and this is the
 * stricter reading.
 */
const MAX_CONTENT = 2000;
const MAX_EMBEDS = 10;
const MAX_EMBED_CHARACTERS = 6000;
const MAX_NONCE = 25;
/** The documentation gives 25 MiB with files; no message without files comes near this. */
const MAX_REQUEST_BYTES = 1024 * 1024;

const text = (max: number) => z.string().trim().max(max);
const requiredText = (max: number) => text(max).min(1);

const webAddress = z.string().superRefine((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url) {
    context.addIssue({ code: 'custom', message: 'Not a well formed URL.', ...ownCode('URL_TYPE_INVALID_URL') });
  } else if (!/^https?:$/.test(url.protocol)) {
    const scheme = url.protocol.slice(0, -1);
    const message = `Scheme "${scheme}" is not supported. Scheme must be one of ('http', 'https').`;
    context.addIssue({ code: 'custom', message, ...ownCode('URL_TYPE_INVALID_SCHEME') });
  }
});

const timestamp = z.string().superRefine((value, context) => {
  if (Number.isNaN(Date.parse(value))) {
    const message = `Could not parse ${value}. Should be ISO8601.`;
    context.addIssue({ code: 'custom', message, ...ownCode('DATE_TIME_TYPE_PARSE') });
  }
});

const embedSchema = z
  .object({
    title: text(256).nullish(),
    description: text(4096).nullish(),
    url: webAddress.nullish(),
    timestamp: timestamp.nullish(),
    color: z.int().min(0).max(0xffffff).nullish(),
    author: z.object({ name: requiredText(256), url: webAddress.nullish() }).nullish(),
    footer: z.object({ text: requiredText(2048) }).nullish(),
    image: z.object({ url: webAddress }).nullish(),
    thumbnail: z.object({ url: webAddress }).nullish(),
    fields: z
      .array(z.object({ name: requiredText(256), value: requiredText(1024), inline: z.boolean().nullish() }))
      .max(25)
      .nullish(),
  })
  .superRefine((embed, context) => {
    if (showsSomething(embed)) return;
    const message = 'This field is required';
    context.addIssue({ code: 'custom', path: ['description'], message, ...ownCode('BASE_TYPE_REQUIRED') });
  });

type Embed = z.infer<typeof embedSchema>;

const snowflake = z.string().superRefine((value, context) => {
  if (/^\d{1,20}$/.test(value)) return;
  context.addIssue({ code: 'custom', message: `Value "${value}" is not snowflake.`, ...ownCode('NUMBER_TYPE_COERCE') });
});

const allowedMentionsSchema = z
  .object({
    parse: z.array(z.enum(['users', 'roles', 'everyone'])).nullish(),
    users: z.array(snowflake).max(100).nullish(),
    roles: z.array(snowflake).max(100).nullish(),
  })
  .superRefine((mentions, context) => {
    for (const kind of ['users', 'roles'] as const) {
      if (!mentions.parse?.includes(kind) || !mentions[kind]?.length) continue;
      const message = `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`;
      context.addIssue({ code: 'custom', message, ...ownCode('MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE') });
    }
  });

const nonce = z.unknown().superRefine((value, context) => {
  if (typeof value !== 'string' && !Number.isInteger(value)) {
    const message = 'This field must be a string or integer.';
    context.addIssue({ code: 'custom', message, ...ownCode('NONCE_TYPE_INVALID_TYPE') });
  } else if (String(value).length > MAX_NONCE) {
    const message = `Must be ${MAX_NONCE} or fewer characters long.`;
    context.addIssue({ code: 'custom', message, ...ownCode('NONCE_TYPE_TOO_LONG') });
  }
});

const messageSchema = z.looseObject({
  content: text(MAX_CONTENT).nullish(),
  embeds: z
    .array(embedSchema)
    .max(MAX_EMBEDS)
    .superRefine((embeds, context) => {
      if (embeds.reduce((sum, embed) => sum + charactersOf(embed), 0) <= MAX_EMBED_CHARACTERS) return;
      const message = `Embed size exceeds maximum size of ${MAX_EMBED_CHARACTERS}`;
      context.addIssue({ code: 'custom', message, ...ownCode('MAX_EMBED_SIZE_EXCEEDED') });
    })
    .nullish(),
  allowed_mentions: allowedMentionsSchema.nullish(),
  nonce: nonce.nullish(),
  enforce_nonce: z.boolean().nullish(),
});

/** A message as it was sent, its texts trimmed as Discord trims them. */
export type MessageBody = z.infer<typeof messageSchema>;

export type CheckedMessage = { accepted: true; message: MessageBody } | { accepted: false; answer: Answer };

/** Parses a request's body by Discord's rules; for an invalid one, returns Discord's own refusal. */
export function checkMessage(requestBody: string): CheckedMessage {
  if (Buffer.byteLength(requestBody) > MAX_REQUEST_BYTES) return { accepted: false, answer: refuse('tooLarge') };
  let body: unknown;
  try {
    body = JSON.parse(requestBody);
  } catch {
    return { accepted: false, answer: refuse('invalidJson') };
  }
  if (isEmptyMessage(body)) return { accepted: false, answer: refuse('emptyMessage') };
  const parsed = messageSchema.safeParse(body, { reportInput: true });
  if (!parsed.success) return { accepted: false, answer: refuse('invalidForm', formErrorsOf(parsed.error.issues)) };
  return { accepted: true, message: parsed.data };
}

/** Every text of a message that a reader sees. */
export function textsOf({ content, embeds }: MessageBody): string[] {
  return [content ?? '', ...(embeds ?? []).flatMap(textsOfEmbed)];
}

function textsOfEmbed({ title, description, fields, footer, author }: Embed): string[] {
  const ofFields = (fields ?? []).flatMap(({ name, value }) => [name, value]);
  return [title ?? '', description ?? '', footer?.text ?? '', author?.name ?? '', ...ofFields];
}

/** What counts towards the 6000: title, description, field names and values, footer and author, over all embeds. */
function charactersOf(embed: Embed): number {
  return textsOfEmbed(embed).join('').length;
}

function showsSomething(embed: Embed): boolean {
  return charactersOf(embed) > 0 || Boolean(embed.image ?? embed.thumbnail);
}

const emptyMessageSchema = z.object({
  content: z.string().trim().max(0).nullish(),
  embeds: z.array(z.strictObject({})).nullish(),
});

function isEmptyMessage(body: unknown): boolean {
  return emptyMessageSchema.safeParse(body).success;
}

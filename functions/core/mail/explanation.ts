import { invitationIn, unfolded } from './calendar-text.ts';
import { decodedText } from './charset.ts';
import { cutDisplayedText, displayedText } from './displayed-text.ts';
import { decodedValue } from './encoded-words.ts';
import { firstValue, type HeaderFields, headerFieldsOf } from './header-fields.ts';
import { imageTextIn } from './html-text.ts';
import { type Entity, entitiesOf, isAttachment, nameOf, type TextContent, textContentOf } from './mime-parts.ts';
import { decodedPart, ENCRYPTED_WITH_PGP, SNIPPET_CHARACTERS } from './snippet.ts';
import { decodedContent } from './transfer-encoding.ts';

/**
 * What an email contains instead of readable text: `encrypted (PGP)`, `attachment: scan.pdf`. Empty if that is not
 * known.
 *
 * @param body its first kilobytes, one character per byte
 * @param further a part that was fetched from further in, and has no readable text
 */
export function explanationOf(fields: HeaderFields, body: string, further?: TextContent): string {
  const entities = entitiesOf(fields, body);
  const imageTexts = imageTextsIn(entities, further);
  const explanation =
    firstOf(entities, encryption) ??
    firstOf(entities, deliveryStatus) ??
    firstOf(entities, invitation) ??
    labelled('image', imageTexts.find(Boolean) ?? '') ??
    firstOf(entities, image) ??
    firstOf(entities, attachment) ??
    (imageTexts.length > 0 ? 'image' : '');
  return cutDisplayedText(explanation, SNIPPET_CHARACTERS);
}

function firstOf(entities: readonly Entity[], explain: (entity: Entity) => string | undefined): string | undefined {
  for (const entity of entities) {
    const explanation = explain(entity);
    if (explanation) return explanation;
  }
  return undefined;
}

const SMIME = /^application\/(?:x-)?pkcs7-mime$/;

function encryption(entity: Entity): string | undefined {
  const { type, parameter } = entity.type;
  if (
    type === 'application/pgp-encrypted' ||
    (type === 'multipart/encrypted' && /pgp/i.test(parameter('protocol') ?? ''))
  )
    return ENCRYPTED_WITH_PGP;
  if (SMIME.test(type) || /\.p7m$/i.test(nameOf(entity) ?? ''))
    return isSigned(entity) ? 'signed (S/MIME)' : 'encrypted (S/MIME)';
  return type === 'multipart/encrypted' ? 'encrypted' : undefined;
}

/** The beginning of signed data: 1.2.840.113549.1.7.2 in DER (RFC 5652, 5.1). */
const SIGNED_DATA = Buffer.from('06092a864886f70d010702', 'hex');
const BEGINNING_CHARACTERS = 200;

function isSigned({ fields, body, type }: Entity): boolean {
  const smimeType = type.parameter('smime-type');
  if (smimeType !== undefined) return /^signed/i.test(smimeType);
  const beginning = body.slice(0, BEGINNING_CHARACTERS);
  return decodedContent(beginning, firstValue(fields, 'content-transfer-encoding')).includes(SIGNED_DATA);
}

/** Type and codes of a diagnosis: `smtp; 550 5.1.1 User unknown` (RFC 3464, 2.3.6). */
const BEFORE_DIAGNOSIS = /^(?:[\w-]+\s*;)?\s*(?:\d{3}[\s-]+)?(?:#?\d\.\d{1,3}\.\d{1,3}\s+)?/;

const DELIVERY_BY_ACTION: ReadonlyMap<string, string> = new Map([
  ['delayed', 'delivery delayed'],
  ['delivered', 'delivered'],
  ['relayed', 'delivered'],
  ['expanded', 'delivered'],
]);

/** RFC 3464: groups of fields, first for the message, then for each recipient. */
function deliveryStatus({ fields, body, type }: Entity): string | undefined {
  if (!/^message\/(?:global-)?delivery-status$/.test(type.type)) return undefined;
  const content = decodedContent(body, firstValue(fields, 'content-transfer-encoding')).toString('latin1');
  const report = headerFieldsOf(content);
  const status = firstValue(report, 'status');
  const diagnosis = decodedValue(firstValue(report, 'diagnostic-code')).replace(BEFORE_DIAGNOSIS, '').trim();
  const delivery = DELIVERY_BY_ACTION.get(firstValue(report, 'action').toLowerCase()) ?? 'delivery failed';
  return labelled(delivery, diagnosis || (status && `status ${status}`)) ?? delivery;
}

function invitation(entity: Entity): string | undefined {
  const { type, parameter } = entity.type;
  if (!/^text\/calendar$|^application\/ics$/.test(type) && !/\.ics$/i.test(nameOf(entity) ?? '')) return undefined;
  const bytes = unfolded(decodedContent(entity.body, firstValue(entity.fields, 'content-transfer-encoding')));
  return invitationIn(decodedText(bytes, parameter('charset'), 'cut'), parameter('method'));
}

/** The image texts of HTML that has no other text; empty if the images have none. */
function imageTextsIn(entities: readonly Entity[], further: TextContent | undefined): readonly string[] {
  return [further, ...entities.map(textContentOf)].flatMap((part) =>
    part?.type === 'text/html' ? (imageTextIn(decodedPart(part)) ?? []) : [],
  );
}

function image(entity: Entity): string | undefined {
  if (!entity.type.type.startsWith('image/')) return undefined;
  return (
    labelled('image', decodedValue(firstValue(entity.fields, 'content-description')) || (nameOf(entity) ?? '')) ??
    'image'
  );
}

const NO_ATTACHMENT = /^(?:multipart|message)\/|^application\/(?:pgp|(?:x-)?pkcs7)-signature$/;

function attachment(entity: Entity): string | undefined {
  const { type } = entity.type;
  if (NO_ATTACHMENT.test(type)) return undefined;
  const name = nameOf(entity);
  if (type.startsWith('text/') && name === undefined && !isAttachment(entity.fields)) return undefined;
  return labelled('attachment', name ?? type);
}

function labelled(label: string, text: string): string | undefined {
  const shown = displayedText(text);
  return shown ? `${label}: ${shown}` : undefined;
}

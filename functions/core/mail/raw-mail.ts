/** One mail as the server hands it out: enough to recognise and show it, never its attachments. */
export type RawMail = {
  uid: number;
  /** When the server received it. */
  internalDate: Date;
  /** The header fields asked for, as RFC 5322 lines. */
  header: Uint8Array;
  /** The first kilobytes of the body; cut wherever they end. */
  body: Uint8Array;
  /** Where the first readable text lies, when the first kilobytes had none; see `TextPart`. */
  text: { part: TextPart; content: Uint8Array } | undefined;
  /** The server's own reading of the header, for a mail that we cannot read. */
  envelope: { from: string; to: string; subject: string; messageId: string };
};

/** A text part of the mail's structure (RFC 3501, 7.4.2, BODYSTRUCTURE). */
export type TextPart = {
  /** Section number, such as `2.1`. */
  section: string;
  type: 'text/plain' | 'text/html';
  charset: string | undefined;
  /** Content-Transfer-Encoding. */
  encoding: string | undefined;
};

/** A node of the structure, as far as finding the text needs it. */
export type StructureNode = {
  part?: string | undefined;
  type?: string | undefined;
  parameters?: Readonly<Record<string, string>> | undefined;
  encoding?: string | undefined;
  size?: number | undefined;
  disposition?: string | undefined;
  childNodes?: readonly StructureNode[] | undefined;
};

/** Fields that every poll fetches: who, what, when, and what the body needs to be decoded. */
export const BASE_HEADER_FIELDS = [
  'from',
  'to',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
] as const;

/**
 * Finds the part that a reader would read first: the first plain text that is not empty, else the first HTML.
 * Attachments are passed over; a forwarded mail (message/rfc822) is looked into.
 */
export function findTextPart(structure: StructureNode): TextPart | undefined {
  const parts = textPartsOf(structure);
  return parts.find(({ type }) => type === 'text/plain') ?? parts[0];
}

function textPartsOf(node: StructureNode): TextPart[] {
  if (node.childNodes?.length) return node.childNodes.flatMap(textPartsOf);
  const type = node.type?.toLowerCase();
  const isReadable = type === 'text/plain' || type === 'text/html';
  if (!isReadable || node.disposition?.toLowerCase() === 'attachment' || isBlank(node)) return [];
  // A message that is one text part has no number in some servers' structures; RFC 3501 numbers it 1.
  return [{ section: node.part ?? '1', type, charset: node.parameters?.charset, encoding: node.encoding }];
}

/** Some clients send an empty plain text beside their HTML: a line break or two. */
function isBlank({ size }: StructureNode): boolean {
  return size !== undefined && size <= 4;
}

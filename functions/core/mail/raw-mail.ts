import { flowOf, type TextContent } from './mime-parts.ts';

/** One email as the server returns it: enough to recognise and show it, never its attachments. */
export type RawMail = {
  uid: number;
  /** The server's own id: X-GM-MSGID, or OBJECTID's EMAILID (RFC 8474). */
  emailId?: string | undefined;
  /** When the server received it. */
  internalDate: Date;
  fingerprint: string | undefined;
  /** The requested header fields, as RFC 5322 lines. */
  header: Uint8Array;
  /** The first kilobytes of the body, cut at an arbitrary byte. */
  body: Uint8Array;
  /** The first readable text, if the first kilobytes had none; see `TextPart`. */
  text: { part: TextPart; content: Uint8Array } | undefined;
  /** No more of its text will be fetched: an email without text reports what it contains instead. */
  isAllFetched?: boolean;
  /** The header as parsed by the server, for an email that we cannot read. */
  envelope: { from: string; to: string; subject: string; messageId: string };
};

/** A text part of the email's structure (RFC 3501, 7.4.2, BODYSTRUCTURE). */
export type TextPart = Omit<TextContent, 'content'> & {
  /** Section number, such as `2.1`. */
  section: string;
};

/** A node of the structure, with what is needed to find the text. */
export type StructureNode = {
  part?: string | undefined;
  type?: string | undefined;
  parameters?: Readonly<Record<string, string>> | undefined;
  encoding?: string | undefined;
  size?: number | undefined;
  disposition?: string | undefined;
  childNodes?: readonly StructureNode[] | undefined;
};

/** Fields that every poll fetches: who, what, when, and what decoding the body needs. */
export const BASE_HEADER_FIELDS = [
  'from',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'content-type',
  'content-transfer-encoding',
] as const;

/** If an email has more parts without readable text, the others are not requested. */
const MAX_TEXT_PARTS = 3;

/**
 * Finds the parts to fetch for an email whose first bytes showed no text, the likeliest first. Attachments are skipped;
 * forwarded emails (message/rfc822) are searched.
 *
 * @param seenBytes how much of the body was read: a part that ended long before that is blank
 */
export function findTextParts(structure: StructureNode, seenBytes: number): readonly TextPart[] {
  const parts = inOrderOfReading(structure);
  const blank = leavesWithin(structure, seenBytes / 2);
  const unseen = parts.filter(({ node }) => !blank.has(node));
  return (unseen.length > 0 ? unseen : parts).slice(0, MAX_TEXT_PARTS).map(({ part }) => part);
}

type Leaf = { node: StructureNode; part: TextPart };

/** Plain text before HTML if they are alternatives, otherwise in their order. */
function inOrderOfReading(node: StructureNode, parent?: StructureNode): Leaf[] {
  if (!node.childNodes?.length) return readableLeaf(node, parent);
  const leaves = node.childNodes.flatMap((child) => inOrderOfReading(child, node));
  if (node.type?.toLowerCase() !== 'multipart/alternative') return leaves;
  const ofType = (type: TextPart['type']) => leaves.filter(({ part }) => part.type === type);
  return [...ofType('text/plain'), ...ofType('text/html')];
}

function readableLeaf(node: StructureNode, parent: StructureNode | undefined): Leaf[] {
  const type = node.type?.toLowerCase();
  const isReadable = type === 'text/plain' || type === 'text/html';
  if (!isReadable || node.disposition?.toLowerCase() === 'attachment' || isBlank(node)) return [];
  const { charset, format, delsp } = node.parameters ?? {};
  // A message that is one text part has no number in a structure; an attached one has the number of its message. RFC
  // 3501, 6.4.5, calls its text 1 in that case, as the first part below the message.
  const number = node.part ?? '1';
  const section = parent?.type?.toLowerCase() === 'message/rfc822' ? `${number}.1` : number;
  return [{ node, part: { section, type, charset, encoding: node.encoding, flow: flowOf(format, delsp) } }];
}

/** Some clients send an empty plain text with their HTML: a line break or two. */
function isBlank({ size }: StructureNode): boolean {
  return size !== undefined && size <= 4;
}

/**
 * The leaves that end within this many bytes. A structure has no offsets, and the headers and boundaries of parts take
 * up space too, so this sometimes includes a part too many; the caller handles that.
 */
function leavesWithin(structure: StructureNode, bytes: number): ReadonlySet<StructureNode> {
  const within = new Set<StructureNode>();
  let end = 0;
  for (const leaf of leavesOf(structure)) {
    end += leaf.size ?? bytes;
    if (end > bytes) break;
    within.add(leaf);
  }
  return within;
}

function leavesOf(node: StructureNode): readonly StructureNode[] {
  return node.childNodes?.length ? node.childNodes.flatMap(leavesOf) : [node];
}

import { decodedValue } from '../../../functions/core/mail/encoded-words.ts';

/**
 * In the place of libmime, with its tables of charsets and file types: imapflow decodes the words of an ENVELOPE and the
 * parameters of a BODYSTRUCTURE by it, and nothing else, once downloads are left out. It hands them over as text that was
 * UTF-8; Rollcall's decoder takes bytes, and knows every charset that mail is read in.
 */
// biome-ignore lint/style/noDefaultExport: imapflow imports libmime so.
export default {
  decodeWords(value: unknown): string {
    return decodedValue(Buffer.from(String(value || '')).toString('latin1'));
  },
};

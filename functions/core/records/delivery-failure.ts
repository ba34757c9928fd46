import * as z from 'zod';
import { storedTime } from './stored-time.ts';

export const deliveryFailureSchema = z.object({
  kind: z.enum(['network', 'rate limit', 'server', 'payload', 'target', 'credential', 'message', 'unexpected']),
  /** HTTP status, if there was an answer. */
  status: z.int().nullable(),
  /** The chat service's error code, or the network error's code. */
  code: z.string().nullable(),
  /** What failed, where, and what to do; never a secret, never an email's text. */
  text: z.string(),
  at: storedTime,
});

/**
 * Why a post did not arrive, in the words of the service that refused it. Kept in the ledger and on the dead letter.
 */
export type DeliveryFailure = z.output<typeof deliveryFailureSchema>;

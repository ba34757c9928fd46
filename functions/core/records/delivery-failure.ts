/** Why a post did not arrive, in the words of whoever refused it. Kept in the ledger and on the dead letter. */
export type DeliveryFailure = {
  kind: 'network' | 'rate limit' | 'server' | 'payload' | 'target' | 'credential' | 'message' | 'unexpected';
  /** HTTP status, where there was an answer. */
  status: number | null;
  /** The chat service's error code, or the network error's code. */
  code: string | null;
  /** What, where and what to do; never a secret, never a mail's text. */
  text: string;
  at: Date;
};

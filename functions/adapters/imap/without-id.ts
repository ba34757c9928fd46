import type { ImapFlow } from 'imapflow';

/** NetEase closes its mailboxes to clients that have not identified themselves ("Unsafe Login"). */
const ASKS_FOR_ID = /(?:^|\.)(?:163|126|188|yeah)\.(?:com|net)$/i;

/**
 * Keeps imapflow from saying who it is (RFC 2971, ID), which it does twice before a poll's first question wherever the
 * server offers it: two turns of the five that an empty poll would take. There is no option against it; so the
 * capability is taken out of each list that the server sends.
 */
export function withoutId(client: ImapFlow, host: string): void {
  if (ASKS_FOR_ID.test(host)) return;
  let capabilities = client.capabilities;
  Object.defineProperty(client, 'capabilities', {
    get: () => capabilities,
    set(offered: ImapFlow['capabilities']) {
      offered.delete('ID');
      capabilities = offered;
    },
  });
}

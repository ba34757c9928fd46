import { GetAccountCommand, GetEmailIdentityCommand, NotFoundException, type SESv2Client } from '@aws-sdk/client-sesv2';
import type { OperatorPaths } from '../../core/checks/path-status.ts';
import { sendingIdentitiesOf } from '../../core/settings/sending-identities.ts';
import type { Rights } from '../rights.ts';

/** The IAM actions of this check. The policies derive from it. */
export const DIGEST_PATH_RIGHTS = {
  sesAccount: ['ses:GetAccount'],
  digestIdentities: ['ses:GetEmailIdentity'],
} as const satisfies Rights;

/**
 * What SES v2 knows of the digest's addresses. Requests are made one after the other, since SES answers about one a
 * second. Throws the SDK's error if SES does not answer, or refuses.
 *
 * @param client of the account and region that sends the digest
 */
export function sesDigestPath({
  client,
  from,
  to,
}: {
  client: SESv2Client;
  from: string;
  to: readonly string[];
}): OperatorPaths['digest'] {
  return async () => {
    const { SendingEnabled, EnforcementStatus, ProductionAccessEnabled } = await client.send(new GetAccountCommand({}));
    const isVerified = verifications(client);
    const sender = { address: from, verified: await isVerified(from) };
    const unverifiedRecipients: string[] = [];
    // Outside the sandbox, SES sends to any recipient.
    for (const address of ProductionAccessEnabled ? [] : to) {
      if (!(await isVerified(address))) unverifiedRecipients.push(address);
    }
    const sendingEnabled = SendingEnabled !== false && EnforcementStatus !== 'SHUTDOWN';
    return { kind: 'checked', sendingEnabled, sender, unverifiedRecipients };
  };
}

/** Checks whether addresses are verified, and requests each identity only once: addresses share their domains. */
function verifications(client: SESv2Client): (address: string) => Promise<boolean> {
  const known = new Map<string, boolean>();
  return async (address) => {
    for (const identity of sendingIdentitiesOf(address)) {
      const verified = known.get(identity) ?? (await isVerifiedIdentity(client, identity));
      known.set(identity, verified);
      if (verified) return true;
    }
    return false;
  };
}

async function isVerifiedIdentity(client: SESv2Client, EmailIdentity: string): Promise<boolean> {
  try {
    const { VerifiedForSendingStatus } = await client.send(new GetEmailIdentityCommand({ EmailIdentity }));
    return VerifiedForSendingStatus === true;
  } catch (error) {
    if (error instanceof NotFoundException) return false;
    throw error;
  }
}

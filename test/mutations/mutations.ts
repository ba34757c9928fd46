import { auditMutations } from './faults/audit.ts';
import { beginningAgainMutations } from './faults/beginning-again.ts';
import { deploymentMutations } from './faults/deployment.ts';
import { digestMutations } from './faults/digest.ts';
import { healingMutations } from './faults/healing.ts';
import { identityMutations } from './faults/identity.ts';
import { ledgerMutations } from './faults/ledger.ts';
import { pollMutations } from './faults/poll.ts';
import { postMutations } from './faults/post.ts';
import { readerMutations } from './faults/reader.ts';
import { ruleMutations } from './faults/rules.ts';
import { secretMutations } from './faults/secrets.ts';
import { spoolMutations } from './faults/spool.ts';
import type { Mutation } from './mutation.ts';

/** All faults, in the order of a mail's way. */
export const MUTATIONS: readonly Mutation[] = [
  ...readerMutations,
  ...identityMutations,
  ...ruleMutations,
  ...pollMutations,
  ...beginningAgainMutations,
  ...ledgerMutations,
  ...spoolMutations,
  ...postMutations,
  ...healingMutations,
  ...digestMutations,
  ...auditMutations,
  ...secretMutations,
  ...deploymentMutations,
];

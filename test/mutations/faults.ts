import type { Fault } from './fault.ts';
import { auditFaults } from './faults/audit.ts';
import { deliveryFaults } from './faults/delivery.ts';
import { deploymentFaults } from './faults/deployment.ts';
import { digestFaults } from './faults/digest.ts';
import { pollFaults } from './faults/poll.ts';
import { readingFaults } from './faults/reading.ts';
import { secretFaults } from './faults/secrets.ts';
import { storedFaults } from './faults/stored.ts';

/** All faults, in the order of an email's way. */
export const FAULTS: readonly Fault[] = [
  ...readingFaults,
  ...pollFaults,
  ...storedFaults,
  ...deliveryFaults,
  ...digestFaults,
  ...auditFaults,
  ...secretFaults,
  ...deploymentFaults,
];

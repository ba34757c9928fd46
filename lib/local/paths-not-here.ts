import type { OperatorPaths } from '../../functions/core/checks/path-status.ts';

/** The operator paths of a local run, where there is no service that could check them. */
export const pathsNotHere: OperatorPaths = {
  digest: async () => ({
    kind: 'not checked',
    reason: 'The embedded SES accepts every email and verifies no address.',
  }),
  alarms: async () => ({ kind: 'not checked', reason: 'A local run has no SNS and raises no alarms.' }),
};

import type { OperatorPaths } from '../../functions/core/checks/path-status.ts';

/** The paths to the operator as a local run has them: there is nobody who could say that they are open. */
export const pathsNotHere: OperatorPaths = {
  digest: async () => ({
    kind: 'not checked',
    reason: 'The embedded SES accepts every email and verifies no address.',
  }),
  alarms: async () => ({ kind: 'not checked', reason: 'A local run has no SNS and raises no alarms.' }),
};

import type { AlarmPathReport, DigestPathReport, OperatorPaths } from '../../functions/core/checks/path-status.ts';

/** What the services say where nothing is wrong. */
export const OPEN_DIGEST_PATH = {
  kind: 'checked',
  sendingEnabled: true,
  sender: { address: 'rollcall@example.com', verified: true },
  unverifiedRecipients: [],
} as const satisfies DigestPathReport;

export const OPEN_ALARM_PATH = {
  kind: 'checked',
  email: 'ops@example.com',
  topicArn: 'arn:aws:sns:eu-central-1:123456789012:alarms',
  subscription: 'confirmed',
} as const satisfies AlarmPathReport;

/** Both paths to the operator, open. */
export const openPaths: OperatorPaths = {
  digest: async () => OPEN_DIGEST_PATH,
  alarms: async () => OPEN_ALARM_PATH,
};

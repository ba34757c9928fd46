import type { AlarmPathLook, DigestPathLook, OperatorPaths } from '../../functions/core/checks/path-status.ts';

/** What the services say where nothing is wrong. */
export const OPEN_DIGEST_PATH = {
  kind: 'seen',
  sendingEnabled: true,
  sender: { address: 'rollcall@example.com', verified: true },
  unverifiedRecipients: [],
} as const satisfies DigestPathLook;

export const OPEN_ALARM_PATH = {
  kind: 'seen',
  email: 'ops@example.com',
  topicArn: 'arn:aws:sns:eu-central-1:123456789012:alarms',
  subscription: 'confirmed',
} as const satisfies AlarmPathLook;

/** Both paths to the operator, open. */
export const openPaths: OperatorPaths = {
  digest: async () => OPEN_DIGEST_PATH,
  alarms: async () => OPEN_ALARM_PATH,
};

import type { DeliveryFailure } from './delivery-failure.ts';

/**
 * Nothing is posted for a while with a credential, or to a target. The failure says why, and what becomes of alerts
 * meanwhile: those for a dead target or credential are dead letters at once; all others wait.
 */
export type Pause = { until: Date; failure: DeliveryFailure };

/** What every route knows of the credentials and targets that they share: each route is a Lambda of its own. */
export interface Pauses {
  /** The pauses under these names that have not ended at `at`. */
  active(names: readonly string[], at: Date): Promise<Pause[]>;
  /** Never shortens a pause that stands. The name is a parameter's or a target's, never a secret. */
  pause(name: string, pause: Pause): Promise<void>;
  /** Ends a pause early: someone has mended what it is about. */
  lift(name: string): Promise<void>;
}

import type { DeliveryFailure } from './delivery-failure.ts';

/**
 * Stops posts with a credential, or to a target, for a while. The failure is the reason. It also decides what happens
 * to alerts meanwhile: those for a dead target or credential are dead-lettered at once; all others wait.
 */
export type Pause = { until: Date; failure: DeliveryFailure };

/** What the routes know of the credentials and targets that they share: each route is a Lambda of its own. */
export interface Pauses {
  /** The pauses under these names that have not ended at `at`. */
  active(names: readonly string[], at: Date): Promise<Pause[]>;
  /** Never shortens an active pause. The name is a parameter's or a target's, never a secret. */
  pause(name: string, pause: Pause): Promise<void>;
  /** Ends a pause early, because a person has fixed its cause. */
  lift(name: string): Promise<void>;
}

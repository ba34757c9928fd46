/** After this, a test that waits is taken for one that hangs. No test may depend on how busy the machine is. */
export const HANG_MS = 600_000;

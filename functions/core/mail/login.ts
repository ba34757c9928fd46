/** The login of one mailbox account. */
export interface Login {
  /**
   * Identifies the user, settings and secrets: it changes with any of them, and reveals nothing of a secret. Throws
   * `SecretMissing`.
   */
  version(): Promise<string>;
}

/** The login of one mailbox account. */
export interface Login {
  /**
   * Which user, settings and secrets it is: another version for each change of one of them. Of a secret it tells nothing.
   * Throws `SecretMissing`.
   */
  version(): Promise<string>;
}

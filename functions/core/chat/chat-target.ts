/** The target of a route, independent of the chat service. */
export type ChatTarget = {
  /** Its name for a person: never the secret, always something that can be looked up. */
  name: string;
  /**
   * The SSM parameter that holds its credential: the one to renew if that is refused. The secret is read at run time.
   */
  secretParameter: string;
  /** The identical post, sent again within a few minutes, is shown once. */
  isRepeatSafe: boolean;
};

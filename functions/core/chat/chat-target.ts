/** Where a route posts, as anyone sees it who does not know the chat service. */
export type ChatTarget = {
  /** How it is named to a person: never the secret, always what they can look up. */
  name: string;
  /** The SSM parameter that holds its credential: the one to renew where that is refused. The secret is read at run time. */
  secretParameter: string;
  /** The very same post, sent again within a few minutes, is shown once. */
  isRepeatSafe: boolean;
};

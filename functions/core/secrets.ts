/** A secret that the settings name is not stored. Retrying cannot help: a person must store it. */
export class SecretMissing extends Error {
  override readonly name = 'SecretMissing';
  readonly parameter: string;

  constructor(parameter: string) {
    super(`There is no secret ${parameter}. Store it: npm run rollcall -- secrets ${parameter}`);
    this.parameter = parameter;
  }
}

/** Named secrets, cached for five minutes. */
export interface Secrets {
  /** Throws `SecretMissing` if there is no such parameter. `fresh` bypasses the cache. */
  read(parameter: string, options?: { fresh: boolean }): Promise<string>;
}

/** Detects that a secret was stored again. */
export interface SecretVersions {
  /** Changes each time the secret is stored. Throws `SecretMissing` if there is no such parameter. */
  version(parameter: string): Promise<string>;
}

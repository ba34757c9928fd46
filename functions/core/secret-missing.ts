/** A secret that the settings name is not stored. Retrying cannot help: a person must store it. */
export class SecretMissing extends Error {
  override readonly name = 'SecretMissing';
  readonly parameter: string;

  constructor(parameter: string) {
    super(`There is no secret ${parameter}. Store it: npm run rollcall -- secrets ${parameter}`);
    this.parameter = parameter;
  }
}

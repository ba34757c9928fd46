/** A secret that the settings name is not stored. Retrying cannot help: a person must store it. */
export class SecretMissing extends Error {
  override readonly name = 'SecretMissing';
  readonly parameter: string;

  constructor(parameter: string) {
    super(
      `There is no secret ${parameter}. Store it, then try again: ` +
        `aws ssm put-parameter --type SecureString --overwrite --name '${parameter}' --value '<the secret>'`,
    );
    this.parameter = parameter;
  }
}

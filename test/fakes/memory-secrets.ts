import { SecretMissing, type Secrets, type SecretVersions } from '../../functions/core/secrets.ts';

/** Secrets in memory, without a cache; `reads` shows what was asked for, and how. */
export function memorySecrets(stored: Readonly<Record<string, string>> = {}): Secrets &
  SecretVersions & {
    store(parameter: string, value: string): void;
    reads: readonly { parameter: string; fresh: boolean }[];
  } {
  const values = new Map(Object.entries(stored));
  const versions = new Map<string, number>();
  const reads: { parameter: string; fresh: boolean }[] = [];
  return {
    reads,
    store: (parameter, value) => {
      values.set(parameter, value);
      versions.set(parameter, (versions.get(parameter) ?? 0) + 1);
    },
    async read(parameter, { fresh } = { fresh: false }) {
      reads.push({ parameter, fresh });
      const value = values.get(parameter);
      if (value === undefined) throw new SecretMissing(parameter);
      return value;
    },
    async version(parameter) {
      if (!values.has(parameter)) throw new SecretMissing(parameter);
      return String(versions.get(parameter) ?? 0);
    },
  };
}

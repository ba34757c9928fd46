import { SecretMissing, type Secrets } from '../../functions/core/secrets.ts';

/** Secrets in memory, without a cache; `reads` shows what was asked for, and how. */
export function memorySecrets(stored: Readonly<Record<string, string>> = {}): Secrets & {
  store(parameter: string, value: string): void;
  reads: readonly { parameter: string; fresh: boolean }[];
} {
  const values = new Map(Object.entries(stored));
  const reads: { parameter: string; fresh: boolean }[] = [];
  return {
    reads,
    store: (parameter, value) => {
      values.set(parameter, value);
    },
    async read(parameter, { fresh } = { fresh: false }) {
      reads.push({ parameter, fresh });
      const value = values.get(parameter);
      if (value === undefined) throw new SecretMissing(parameter);
      return value;
    },
  };
}

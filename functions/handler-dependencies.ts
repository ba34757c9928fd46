import type { Journal } from './core/journal.ts';
import type { Settings } from './core/settings/settings-schema.ts';

/** What a handler is built from: the same in Lambda, in the local run and in tests, with different values. */
export type HandlerDependencies = {
  settings: Settings;
  /** `process.env` in Lambda. Endpoints follow the SDK's own variables, such as AWS_ENDPOINT_URL_SQS. */
  environment: Readonly<Record<string, string | undefined>>;
  journal: Journal;
};

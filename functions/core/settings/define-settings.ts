import { toDotPath } from 'zod/v4/core';
import {
  problemsOfAuthentication,
  problemsOfFormerAccounts,
  type Settings,
  type SettingsInput,
  type SettingsProblem,
  settingsSchema,
} from './settings-schema.ts';

/** The settings are wrong: all problems at once, one per line, `path: what is wrong. What is allowed.` */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const definedSettings = new WeakSet<object>();

/**
 * Checks and completes what a user wrote in `functions/settings.ts`.
 *
 * @throws SettingsError
 */
export function defineSettings(settings: SettingsInput): Settings {
  return parseSettings(settings);
}

/**
 * Checks and completes settings of any origin. Settings that `defineSettings` returned are returned unchanged.
 *
 * @throws SettingsError
 */
export function parseSettings(value: unknown): Settings {
  if (isDefined(value)) return value;
  const parsed = settingsSchema.safeParse(value);
  const problems = [
    ...(parsed.error?.issues ?? []),
    ...problemsOfAuthentication(value),
    ...problemsOfFormerAccounts(value),
  ];
  if (!parsed.success || problems.length > 0) throw new SettingsError(textOf(problems));
  definedSettings.add(parsed.data);
  return parsed.data;
}

function isDefined(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && definedSettings.has(value);
}

function textOf(problems: readonly SettingsProblem[]): string {
  const lines = problems.map(({ path, message }) => `${toDotPath(path) || 'settings'}: ${message}`);
  return [`The settings cannot be used as they are (problems: ${lines.length}).`, ...lines].join('\n');
}

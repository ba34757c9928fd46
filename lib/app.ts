import process from 'node:process';
import { App } from 'aws-cdk-lib';
import { SettingsError } from '../functions/core/settings/define-settings.ts';
import { STACK_NAME } from './deployment-name.ts';
import { RollcallStack } from './rollcall-stack.ts';

try {
  const { default: settings } = await import('../functions/settings.ts');
  new RollcallStack(new App(), STACK_NAME, settings);
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

import process from 'node:process';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { SettingsError } from '../functions/core/settings/define-settings.ts';
import { STACK_NAME } from './stack/deployment-name.ts';
import { RollcallStack } from './stack/rollcall-stack.ts';

try {
  const { default: settings } = await import('../functions/settings.ts');
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  new RollcallStack(app, STACK_NAME, settings);
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

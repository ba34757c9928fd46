import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Program, run } from './child-process.ts';
import type { Emulator } from './emulator.ts';
import type { Project } from './project.ts';
import type { Template } from './template.ts';

const TEMPLATE = 'Rollcall.template.json';

/** Prepares the account for the CDK, away from cdk.json, so that the CDK does not synthesize the project for it. */
export async function bootstrap(project: Project, emulator: Emulator): Promise<void> {
  const program = { ...programIn(project, emulator), cwd: join(project.folder, 'lib') };
  await run('npx', ['cdk', 'bootstrap', `aws://${emulator.account}/${emulator.region}`], program);
}

/** Synthesizes as a user does, lets `adjust` change the template, and deploys it with the CDK's own command. */
export async function deploy(
  project: Project,
  emulator: Emulator,
  adjust: (template: Template) => void,
): Promise<Template> {
  const program = programIn(project, emulator);
  await run('npm', ['run', 'synth', '--', '--output', project.assembly], program);
  const template = adjustTemplate(project.assembly, adjust);
  const options = ['--app', project.assembly, '--require-approval', 'never', '--progress', 'events'];
  await run('npx', ['cdk', 'deploy', ...options], program);
  return template;
}

export async function destroy(project: Project, emulator: Emulator): Promise<void> {
  await run('npx', ['cdk', 'destroy', '--app', project.assembly, '--force'], programIn(project, emulator));
}

function programIn({ folder, cdkHome }: Project, { environment }: Emulator): Program {
  return { cwd: folder, environment: { ...environment, CDK_HOME: cdkHome } };
}

/** The CDK uploads a template under the hash of its text, and not again where that is there already. */
function adjustTemplate(assembly: string, adjust: (template: Template) => void): Template {
  const file = join(assembly, TEMPLATE);
  const synthesized = readFileSync(file, 'utf8');
  const template = JSON.parse(synthesized) as Template;
  adjust(template);
  const adjusted = JSON.stringify(template, null, 1);
  writeFileSync(file, adjusted);
  const [from, to] = [synthesized, adjusted].map((text) => createHash('sha256').update(text).digest('hex'));
  for (const name of readdirSync(assembly).filter((each) => each.endsWith('.json') && each !== TEMPLATE)) {
    const about = readFileSync(join(assembly, name), 'utf8');
    writeFileSync(join(assembly, name), about.replaceAll(from ?? '', to ?? ''));
  }
  return template;
}

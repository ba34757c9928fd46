import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownEnvironment, run } from './child-process.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** What `cdk deploy` reads. */
const PARTS = ['functions', 'lib', 'README.md', 'package.json', 'package-lock.json', 'tsconfig.json', 'cdk.json'];

/** The clone has no such commit; the message says what to do. */
export class NoCommit extends Error {
  override readonly name = 'NoCommit';
}

export type MailServer = { port: number };

/** A copy of the project that a user has edited: in its one file of settings. */
export type Project = {
  folder: string;
  /** The assembly that `npm run synth` writes. */
  assembly: string;
  /** The CDK's own files. */
  cdkHome: string;
  remove(): void;
};

/** Copies the project from the working tree, and edits its settings as a user would. */
export function copyOfWorkingTree(mailServer: MailServer): Project {
  const project = emptyProject();
  for (const part of PARTS) cpSync(join(REPOSITORY, part), join(project.folder, part), { recursive: true });
  usePackages(project);
  useMailServer(project, mailServer);
  return project;
}

/**
 * Copies the project as a commit has it, with the packages that it asks for.
 *
 * @throws NoCommit
 */
export async function copyOfCommit(commit: string, mailServer: MailServer): Promise<Project> {
  const project = emptyProject();
  try {
    const archive = join(project.folder, 'commit.tar');
    await take(commit, archive);
    await run('tar', ['-xf', archive, '-C', project.folder], { cwd: project.folder, environment: ownEnvironment() });
    rmSync(archive);
    if (lockOf(project.folder) === lockOf(REPOSITORY)) usePackages(project);
    else await run('npm', ['ci'], { cwd: project.folder, environment: ownEnvironment() });
    useMailServer(project, mailServer);
    return project;
  } catch (error) {
    project.remove();
    throw error;
  }
}

async function take(commit: string, archive: string): Promise<void> {
  const parameters = ['archive', '--output', archive, commit, ...PARTS];
  await run('git', parameters, { cwd: REPOSITORY, environment: ownEnvironment() }).catch((error: Error) => {
    const hint = 'If the clone is shallow: git fetch --unshallow.';
    throw new NoCommit(`${commit} cannot be taken from this clone. ${hint} ${error.message}`, { cause: error });
  });
}

function emptyProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-e2e-'));
  return {
    folder,
    assembly: join(folder, 'cdk.out'),
    cdkHome: join(folder, '.cdk'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function usePackages({ folder }: Project): void {
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
}

function lockOf(folder: string): string {
  return readFileSync(join(folder, 'package-lock.json'), 'utf8');
}

function useMailServer(project: Project, { port }: MailServer): void {
  editSettings(
    project,
    ["host: 'imap.example.com',", `host: '127.0.0.1', port: ${port}, allowSelfSignedCertificate: true,`],
    ['everyMinutes: 15,', 'everyMinutes: 1,'],
    ["startFrom: 'now',", "startFrom: 'all',"],
  );
}

/** Edits the settings as a user would: each text, which has to stand there once, becomes the other one. */
export function editSettings(project: Project, ...edits: readonly (readonly [string, string])[]): void {
  writeSettings(project, edits.reduce(replaced, readSettings(project)));
}

/** Takes a route out of the settings. */
export function removeRoute(project: Project, id: string): void {
  const text = readSettings(project);
  const [route] = new RegExp(`^ {4}\\{\n {6}id: '${id}',.*?^ {4}\\},\n`, 'ms').exec(text) ?? [];
  if (!route) throw new Error(`functions/settings.ts has no route ${id}.`);
  writeSettings(project, text.replace(route, ''));
}

function readSettings({ folder }: Project): string {
  return readFileSync(join(folder, 'functions/settings.ts'), 'utf8');
}

function writeSettings({ folder }: Project, text: string): void {
  writeFileSync(join(folder, 'functions/settings.ts'), text);
}

function replaced(text: string, [shipped, wanted]: readonly [string, string]): string {
  if (text.split(shipped).length !== 2) throw new Error(`functions/settings.ts does not say «${shipped}» once.`);
  return text.replace(shipped, wanted);
}

import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';

type Program = 'dovecot' | 'doveadm';

/** Whether this machine has Dovecot, and with it whether the interop tests can run. */
export function dovecotIsInstalled(): boolean {
  return pathOf('dovecot') !== undefined && pathOf('doveadm') !== undefined;
}

/** Where a program of Dovecot is; Debian keeps `dovecot` in /usr/sbin, which is not in every user's PATH. */
function pathOf(program: Program): string | undefined {
  try {
    return output('sh', ['-c', `PATH="$PATH:/usr/sbin:/usr/local/sbin"; command -v ${program}`]);
  } catch {
    return undefined;
  }
}

/** The path of a program that must be there. Throws where it is not. */
export function requiredPathOf(program: Program): string {
  const path = pathOf(program);
  if (!path) throw new Error(`${program} is not installed: apt-get install dovecot-imapd`);
  return path;
}

/** The account that Dovecot's processes run as. */
export type Account = { name: string; group: string; uid: number; gid: number };

/**
 * The current user; `nobody` if that is root, because Dovecot's login processes refuse to run as root and it serves no
 * email for uid 0.
 */
export function unprivilegedAccount(): Account {
  const { uid, username } = userInfo();
  const name = uid === 0 ? 'nobody' : username;
  return {
    name,
    group: output('id', ['-gn', name]),
    uid: Number(output('id', ['-u', name])),
    gid: Number(output('id', ['-g', name])),
  };
}

function output(program: string, parameters: string[]): string {
  return execFileSync(program, parameters, { encoding: 'utf8' }).trim();
}

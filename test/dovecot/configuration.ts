import { join } from 'node:path';
import type { Account } from './installation.ts';

export type MailUser = { user: string; password: string };

export type Ports = { imap: number; imaps: number };

/** Where access tokens are checked, by OAuth 2.0 Token Introspection (RFC 7662). */
export type OAuth = { introspectionUrl: string };

/** The files of one private Dovecot, all under its own folder. */
export function filesIn(folder: string) {
  return {
    configuration: join(folder, 'dovecot.conf'),
    users: join(folder, 'users'),
    certificate: join(folder, 'certificate.pem'),
    privateKey: join(folder, 'private-key.pem'),
    oauth: join(folder, 'oauth2.conf'),
    log: join(folder, 'dovecot.log'),
    run: join(folder, 'run'),
    homes: join(folder, 'homes'),
    home: (user: string) => join(folder, 'homes', user),
    maildir: (user: string) => join(folder, 'homes', user, 'Maildir'),
  };
}

/** Dovecot's configuration for one unprivileged account and two high ports; settings as of Dovecot 2.3. */
export function configurationText(folder: string, account: Account, ports: Ports, oauth?: OAuth): string {
  const files = filesIn(folder);
  return `
base_dir = ${files.run}
state_dir = ${files.run}
log_path = ${files.log}
protocols = imap
listen = 127.0.0.1

# Without root there is no other account to change to, and no chroot.
default_internal_user = ${account.name}
default_internal_group = ${account.group}
default_login_user = ${account.name}
first_valid_uid = 1
first_valid_gid = 0

disable_plaintext_auth = no
auth_failure_delay = 0
mail_max_userip_connections = 100
ssl = yes
ssl_cert = <${files.certificate}
ssl_key = <${files.privateKey}

mail_location = maildir:~/Maildir
mail_fsync = never
namespace inbox {
  inbox = yes
  separator = /
}
${oauth ? oauthLogin(files.oauth) : ''}
passdb {
  driver = passwd-file
  args = ${files.users}
}
userdb {
  driver = passwd-file
  args = ${files.users}
}

service imap-login {
  chroot =
  service_count = 0
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
service anvil {
  chroot =
  # Otherwise one refused login delays the next by seconds.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
`;
}

function oauthLogin(file: string): string {
  return `
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${file}
}`;
}

/** https://doc.dovecot.org/2.3/configuration_manual/authentication/oauth2/ */
export function oauthText({ introspectionUrl }: OAuth): string {
  return `
introspection_mode = post
introspection_url = ${introspectionUrl}
username_attribute = username
active_attribute = active
active_value = true
`;
}

/** A passwd-file: `user:password:uid:gid:gecos:home`. */
export function usersText(folder: string, account: Account, users: readonly MailUser[]): string {
  return users
    .map(
      ({ user, password }) =>
        `${user}:{PLAIN}${password}:${account.uid}:${account.gid}::${filesIn(folder).home(user)}\n`,
    )
    .join('');
}

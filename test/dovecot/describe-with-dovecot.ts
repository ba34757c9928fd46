import { describe } from 'vitest';
import { dovecotIsInstalled } from './installation.ts';

const installed = dovecotIsInstalled();

if (!installed) {
  process.stderr.write('Dovecot is not installed: the interop tests did not run (apt-get install dovecot-imapd)\n');
}

/** `describe` where Dovecot is installed; elsewhere the suite is skipped, and a line has said so. */
export const describeWithDovecot = describe.skipIf(!installed);

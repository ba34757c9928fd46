import settings from '#settings';
import { jsonJournal } from '../adapters/json-journal.ts';
import { createAuditInbox } from './handler.ts';

/** What Lambda loads: the handler with the settings it was deployed with. */
export const handler = createAuditInbox({ settings, environment: process.env, journal: jsonJournal() });

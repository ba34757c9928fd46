import settings from '#settings';
import { jsonJournal } from '../adapters/json-journal.ts';
import { createPostToDiscord } from './handler.ts';

/** What Lambda loads: the handler with the settings it was deployed with. */
export const handler = createPostToDiscord({ settings, environment: process.env, journal: jsonJournal() });

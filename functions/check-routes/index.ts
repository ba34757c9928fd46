import settings from '#settings';
import { jsonJournal } from '../adapters/json-journal.ts';
import { createCheckRoutes } from './handler.ts';

/** What Lambda loads: the handler with the settings it was deployed with. */
export const handler = createCheckRoutes({ settings, environment: process.env, journal: jsonJournal() });

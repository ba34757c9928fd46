import * as z from 'zod';

/** A time as it is stored in tables and queues: ISO 8601. */
export const storedTime = z.iso.datetime().transform((text) => new Date(text));

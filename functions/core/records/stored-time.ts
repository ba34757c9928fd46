import * as z from 'zod';

/** A time as tables and queues keep it: ISO 8601. */
export const storedTime = z.iso.datetime().transform((text) => new Date(text));

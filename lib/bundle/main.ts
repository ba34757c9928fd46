import process from 'node:process';
import settings from '../../functions/settings.ts';
import { bundleFunctions } from './bundle-functions.ts';

/** Bundles the functions into the folder that is named, in a process of its own; see bundled-code.ts. */
await bundleFunctions(settings, process.argv[2] ?? '');

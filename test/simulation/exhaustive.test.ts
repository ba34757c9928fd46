import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { everyCall, SMALL_DAY } from './every-call.ts';
import { PORT_CALLS, PORT_METHODS } from './port-methods.ts';
import { brokenPromises } from './promises/check-promises.ts';
import { runStretches } from './run-stretches.ts';
import { simulate } from './simulate.ts';

const CORE = new URL('../../functions/core/', import.meta.url);

/** What core declares as an interface is a port; all else is a type. */
async function declaredPorts(): Promise<string[]> {
  const files = (await readdir(CORE, { recursive: true })).filter((file) => /\.tsx?$/.test(file));
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, CORE), 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(/^export interface (\w+)/gm)].map(([, name = '']) => name));
}

/**
 * Nothing can befall the clock, which is the simulation itself; a chat service is struck where it asks Discord, and the
 * versions of secrets where a login asks for its own.
 */
const NOT_STRUCK = ['Clock', 'ChatPoster', 'ChatProbe', 'SecretVersions'];

describe('the small day, in which every fault befalls every call', () => {
  it('knows every port there is', async () => {
    const declared = await declaredPorts();
    expect(declared).toEqual(expect.arrayContaining(NOT_STRUCK));
    expect(declared.length - NOT_STRUCK.length).toBe(Object.keys(PORT_METHODS).length);
  });

  it('calls every port at each of its methods, and keeps its promises where nothing befalls it', async () => {
    const observed = await simulate(SMALL_DAY);
    expect(PORT_CALLS.filter((call) => !observed.calls.some(({ name }) => name === call))).toEqual([]);
    expect(brokenPromises(observed)).toEqual([]);
  });

  it('keeps every promise, whichever call meets a fault: one of all in turn; `npm run simulate -- --every-call` tries every one', async () => {
    const calls = await everyCall();
    const stretch = { kind: 'calls, one fault each', from: 0, to: calls.length } as const;
    const findings = await runStretches(stretch, { atOnce: 10, enough: 20 });
    expect(findings.map(({ title, broken }) => ({ title, broken }))).toEqual([]);
  });
});

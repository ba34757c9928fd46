import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { describe } from 'vitest';

const program = ['chromium', 'chromium-browser', 'google-chrome'].map(pathOf).find((path) => path !== undefined);

if (!program) {
  process.stderr.write('Chromium is not installed: no digest was opened in a browser (apt-get install chromium)\n');
}

/** `describe` where Chromium is installed; elsewhere the suite is skipped, and a line has said so. */
export const describeWithChromium = describe.skipIf(!program);

/** A headless browser with one page. */
export type Browser = {
  /** Opens an address and resolves once the page and all that it asked for have loaded. */
  open(url: string): Promise<void>;
  /** The value of an expression in the page, as JSON can hold it. */
  evaluate<Value>(expression: string): Promise<Value>;
  /** Dialogs such as alerts that pages have opened. */
  dialogs: readonly string[];
  close(): Promise<void>;
};

/** Starts Chromium and talks to it over its own pipe (Chrome DevTools Protocol), so that no port is open to anyone. */
export async function openBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'rollcall-chromium-'));
  const options = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
  ];
  const child = spawn(
    program ?? '',
    [...options, `--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank'],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    },
  );
  const ended = once(child, 'exit');
  const [, , , commands, answers] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const protocol = speak(commands, answers);
  const { targetInfos } = await protocol.send<{ targetInfos: { type: string; targetId: string }[] }>(
    'Target.getTargets',
  );
  const targetId = targetInfos.find(({ type }) => type === 'page')?.targetId;
  const { sessionId } = await protocol.send<{ sessionId: string }>('Target.attachToTarget', {
    targetId,
    flatten: true,
  });
  const send = <Result>(method: string, parameters: object = {}) =>
    protocol.send<Result>(method, parameters, sessionId);
  const dialogs: string[] = [];
  protocol.on('Page.javascriptDialogOpening', ({ message }) => {
    dialogs.push(String(message));
    void send('Page.handleJavaScriptDialog', { accept: true });
  });
  await send('Page.enable');
  return {
    dialogs,
    async open(url) {
      const loaded = protocol.next('Page.loadEventFired');
      await send('Page.navigate', { url });
      await loaded;
    },
    async evaluate(expression) {
      const { result, exceptionDetails } = await send<{
        result: { value: never };
        exceptionDetails?: { text: string };
      }>('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
      if (exceptionDetails) throw new Error(`The page threw at ${expression}: ${exceptionDetails.text}`);
      return result.value;
    },
    async close() {
      await protocol.send('Browser.close');
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Message = {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: { message: string };
};

/** Commands and events as JSON, each ended by a NUL (--remote-debugging-pipe). */
function speak(commands: Writable, answers: Readable) {
  const waiting = new Map<number, (message: Message) => void>();
  const listeners = new Map<string, ((parameters: Record<string, unknown>) => void)[]>();
  let lastId = 0;
  let received = '';
  answers.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = `${received}${chunk}`.split('\0');
    received = messages.pop() ?? '';
    for (const message of messages.map((text): Message => JSON.parse(text))) {
      if (message.id !== undefined) waiting.get(message.id)?.(message);
      for (const listener of listeners.get(message.method ?? '') ?? []) listener(message.params ?? {});
    }
  });
  function on(event: string, listener: (parameters: Record<string, unknown>) => void): void {
    listeners.set(event, [...(listeners.get(event) ?? []), listener]);
  }
  return {
    on,
    next: (event: string) => new Promise<void>((resolve) => on(event, () => resolve())),
    async send<Result>(method: string, parameters: object = {}, sessionId?: string): Promise<Result> {
      lastId += 1;
      const id = lastId;
      const { result, error } = await new Promise<Message>((resolve) => {
        waiting.set(id, resolve);
        commands.write(`${JSON.stringify({ id, method, params: parameters, sessionId })}\0`);
      });
      waiting.delete(id);
      if (error) throw new Error(`Chromium refused ${method}: ${error.message}`);
      return result as Result;
    },
  };
}

function pathOf(name: string): string | undefined {
  try {
    return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

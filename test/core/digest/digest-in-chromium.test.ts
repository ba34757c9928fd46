import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Browser, describeWithChromium, openBrowser } from './chromium.ts';
import { digestSaying } from './digest-saying.ts';
import { hostileTexts } from './hostile-html.ts';

/**
 * What a page consists of, apart from its text: its elements in order, with every attribute but what a link opens.
 * Without the headings of senders' domains: how many there are depends on what the text holds.
 */
const ELEMENTS = `[...document.querySelectorAll('*:not(h3)')].map(({ localName, attributes }) =>
  [localName, ...[...attributes].filter(({ name }) => name !== 'href').map(({ name, value }) => name + '=' + value)].join(' '))`;
const LINKS = `[...document.querySelectorAll('[href]')].map(({ href }) => href)`;
const READABLE = `document.body.innerText + document.title`;

describeWithChromium('a digest of hostile mail in a browser that runs scripts and loads everything', () => {
  const pages = new Map<string, string>();
  const requests: string[] = [];
  let server: Server;
  let canary: string;
  let browser: Browser;

  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      const page = pages.get(url);
      if (page === undefined) requests.push(url);
      response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(page);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    canary = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });

  async function open(html: string): Promise<void> {
    const path = `/page-${pages.size}`;
    pages.set(path, html);
    await browser.open(`${canary}${path}`);
    // Whatever the page asks for on its own has been asked for, and answered, two frames after it has loaded.
    await browser.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(0))))',
    );
  }

  /** Requests that reached the server, but for the icon that browsers ask every server for. */
  async function asked(): Promise<string[]> {
    await browser.evaluate(`fetch('/last').then(() => 0)`);
    const made = requests.splice(0).filter((url) => url !== '/favicon.ico');
    expect(made.pop()).toBe('/last');
    return made;
  }

  it('would notice: the same texts, not escaped, run scripts and load images, styles and frames', async () => {
    const hits = new Set<string>();
    for (const text of hostileTexts(canary)) {
      if (!/^<(?:script|img|svg|\/?style|iframe|object|video|link)/.test(text)) continue;
      await open(`<!doctype html><body>${text}</body>`);
      for (const url of await asked()) hits.add(url.split('/')[1] ?? '');
    }
    const places = ['script', 'script.js', 'image', 'style', 'style.css', 'frame', 'object', 'video'];
    expect([...hits]).toEqual(expect.arrayContaining(places));
    expect(browser.dialogs).not.toEqual([]);
  });

  it('runs no script, loads nothing, and looks as with harmless mail', async () => {
    const dialogs = browser.dialogs.length;
    await open(digestSaying('harmless').html);
    const elements = await browser.evaluate<string[]>(ELEMENTS);
    for (const text of hostileTexts(canary)) {
      await open(digestSaying(text).html);
      expect(await asked(), text).toEqual([]);
      expect(await browser.evaluate<string[]>(ELEMENTS), text).toEqual(elements);
      expect(await browser.evaluate<string[]>(LINKS), text).toEqual([]);
      // It is not that the text was left out.
      const words = /[!-~]{4}/.exec(text)?.[0] ?? '';
      expect(await browser.evaluate<string>(READABLE), text).toContain(words);
    }
    expect(browser.dialogs).toHaveLength(dialogs);
  });
});

import type { ImapFlow } from 'imapflow';

/**
 * Keeps imapflow from asking LIST before it opens a folder: one turn more, and some servers refuse it. It asks for what it
 * does not know of the folder, which is nothing that Rollcall looks at. There is no option against it; where its memory of
 * folders has another name one day, it asks again.
 */
export function withoutList(client: ImapFlow, folder: string): void {
  const { folders } = client as { folders?: Map<string, { path: string }> };
  if (folders instanceof Map && !folders.has(folder)) folders.set(folder, { path: folder });
}

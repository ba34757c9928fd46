import { expect, it } from 'vitest';
import { pollMailbox } from '../../../functions/core/poll/poll.ts';
import { MAILBOX, polledMailbox, testWorld } from '../../test-world.ts';

it('what the server wants shown is kept, with the time at which a poll first heard it', async () => {
  const { services, clock } = testWorld();
  const pollHearing = async (...texts: string[]) => {
    clock.advance(900_000);
    const reader: typeof services.reader = {
      async visit(folder, visit, onNotice) {
        for (const text of texts) onNotice?.(text);
        return await services.reader.visit(folder, visit);
      },
    };
    await pollMailbox(polledMailbox(), { ...services, reader }, () => 300_000);
    return (await services.watermarks.get(MAILBOX))?.notice;
  };
  expect(await pollHearing()).toBeUndefined();
  const first = await pollHearing('Down at noon', 'Down at noon');
  expect(first).toEqual({ text: 'Down at noon', since: clock.now() });
  expect(await pollHearing('Down at noon')).toEqual(first);
  expect(await pollHearing()).toEqual(first);
  expect(await pollHearing('Down at noon', 'Full')).toEqual({ text: 'Down at noon | Full', since: clock.now() });
});

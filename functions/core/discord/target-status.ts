import * as z from 'zod';
import { remedied } from '../chat/remedy.ts';
import type { TargetStatus } from '../records/target-check.ts';
import type { DiscordTarget, ProbeResult } from './discord.ts';
import { postOutcomeOf } from './post-outcome.ts';

/** Interprets a probe by the same table as a post: an answer that makes a post dead makes its target dead. */
export function targetStatusOf(
  { answer, missingPermissions }: ProbeResult,
  target: DiscordTarget,
  at: Date,
): TargetStatus {
  const outcome = postOutcomeOf(answer, at);
  if (outcome.kind === 'dead') {
    const { failure } = outcome;
    return { state: 'dead', failure: { ...failure, text: remedied(failure, target) } };
  }
  if (outcome.kind !== 'delivered') return { state: 'unknown', failure: outcome.failure };
  const dead = (code: string, text: string): TargetStatus => ({
    state: 'dead',
    failure: { kind: 'target', status: null, code, text, at },
  });
  const wrongType = target.kind === 'bot' ? TYPES_WITHOUT_POSTS.get(typeOf(answer)) : undefined;
  if (wrongType) {
    const text = `${target.name} is ${wrongType}, which cannot receive messages. Name a text channel or a thread.`;
    return dead(WRONG_TYPE, text);
  }
  if (missingPermissions.length === 0) return { state: 'alive', failure: undefined };
  const lacking = missingPermissions.join(' and ');
  return dead(MISSING_PERMISSIONS, `The bot lacks ${lacking} in ${target.name}. Give it that permission.`);
}

/**
 * Discord's error code for a post without permission:
 * https://docs.discord.com/developers/topics/opcodes-and-status-codes
 */
const MISSING_PERMISSIONS = '50013';
const WRONG_TYPE = '50024';

/**
 * https://docs.discord.com/developers/resources/channel#channel-object-channel-types; for other types, only a post can
 * show it.
 */
const TYPES_WITHOUT_POSTS: ReadonlyMap<number | undefined, string> = new Map([
  [4, 'a category'],
  [14, 'a directory'],
  [15, 'a forum'],
  [16, 'a media channel'],
]);

const typedSchema = z.object({ type: z.int() });

/** The type of a channel that Discord has returned. */
function typeOf(answer: ProbeResult['answer']): number | undefined {
  return answer.kind === 'http' ? typedSchema.safeParse(JSON.parse(answer.body)).data?.type : undefined;
}

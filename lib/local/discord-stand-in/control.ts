import * as z from 'zod';
import type { Answer } from '../loopback-server.ts';
import { json, refuse } from './answers.ts';
import type { DiscordRules } from './discord-rules.ts';
import type { Fault, Faults } from './faults.ts';
import { ACCESSES } from './guild.ts';

export const CONTROL_PATH = '/control/';

/**
 * The stand-in's own endpoint, for a run in another process: `POST /control/faults` schedules a fault,
 * `DELETE /control/faults[/{id}]` ends it, `PUT /control/access/{channelId}` with `"none"`, `"view"`, `"no embeds"` or
 * `"post"` changes what the bot may do in a channel, `GET /control/posts` shows what was saved,
 * `DELETE /control/posts/{messageId}` deletes a message as a moderator would, and `GET /control/requests` shows every
 * request with its answer's status.
 */
export function answerControl(
  request: { method: string | undefined; path: string; body: string },
  { faults, posts, deletePost, setAccess, requests }: Omit<DiscordRules, 'answer'>,
): Answer {
  const [, , resource, id] = request.path.split('/');
  switch (`${request.method} ${resource}`) {
    case 'POST faults':
      return addFault(request.body, faults);
    case 'DELETE faults':
      if (id) faults.remove(id);
      else faults.clear();
      return { status: 204, headers: {}, body: '' };
    case 'PUT access':
      return changeAccess(id ?? '', request.body, setAccess);
    case 'GET posts':
      return json(200, posts());
    case 'DELETE posts':
      if (id) deletePost(id);
      return { status: 204, headers: {}, body: '' };
    case 'GET requests':
      return json(200, requests());
    default:
      return refuse('notFound');
  }
}

function addFault(body: string, faults: Faults): Answer {
  // `add` parses its argument, so this cast is checked.
  return answerUnlessMalformed(() => json(201, { id: faults.add(JSON.parse(body) as Fault) }));
}

function changeAccess(channelId: string, body: string, setAccess: DiscordRules['setAccess']): Answer {
  return answerUnlessMalformed(() => {
    const access = z.enum(ACCESSES).parse(JSON.parse(body));
    return setAccess(channelId, access) ? { status: 204, headers: {}, body: '' } : refuse('unknownChannel');
  });
}

function answerUnlessMalformed(answer: () => Answer): Answer {
  try {
    return answer();
  } catch (error) {
    if (error instanceof SyntaxError) return refuse('invalidJson');
    if (error instanceof z.ZodError) return json(400, { message: z.prettifyError(error) });
    throw error;
  }
}

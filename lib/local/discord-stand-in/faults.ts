import * as z from 'zod';
import type { Answer } from '../loopback-server.ts';
import { json, messageOfCode } from './answers.ts';
import type { Call } from './calls.ts';

const faultSchema = z.strictObject({
  /** Where it applies; everywhere if neither is given. */
  channelId: z.string().optional(),
  webhookId: z.string().optional(),
  method: z.enum(['GET', 'POST']).optional(),
  /** Matching requests that pass before the first one it applies to. */
  skip: z.int().nonnegative().default(0),
  /** The number of requests it applies to; unlimited if not given. */
  times: z.int().positive().optional(),
  /** After the effect, the message is saved and only its answer is lost, late or wrong. */
  when: z.enum(['before effect', 'after effect']).default('before effect'),
  delayMs: z.int().nonnegative().default(0),
  outcome: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('pass') }),
      /** The connection ends with a TCP reset. */
      z.strictObject({ kind: z.literal('reset') }),
      z.strictObject({
        kind: z.literal('answer'),
        status: z.int().min(200).max(599),
        /** Discord's error code, given in a body of Discord's shape. */
        code: z.int().optional(),
        headers: z.record(z.string(), z.string()).default({}),
        /** Replaces the usual JSON, for HTML pages and broken answers. */
        body: z.string().optional(),
      }),
    ])
    .default({ kind: 'pass' }),
});

/** A fault for future requests: an answer, a delay, a reset, or a delay and then one of them. */
export type Fault = z.input<typeof faultSchema>;

export type ScheduledFault = z.output<typeof faultSchema>;

export type Faults = {
  /**
   * Schedules a fault and returns its id; throws a ZodError if it is malformed. If several match, the oldest applies.
   */
  add(fault: Fault): string;
  remove(id: string): void;
  clear(): void;
};

export type FaultSchedule = Faults & {
  /** The fault that applies to this call, counted as used. */
  meet(call: Call): ScheduledFault | undefined;
};

export function faultSchedule(): FaultSchedule {
  const scheduled = new Map<string, { fault: ScheduledFault; toSkip: number; timesLeft: number }>();
  let added = 0;

  return {
    add(fault) {
      const parsed = faultSchema.parse(fault);
      added += 1;
      const id = `fault-${added}`;
      scheduled.set(id, { fault: parsed, toSkip: parsed.skip, timesLeft: parsed.times ?? Number.POSITIVE_INFINITY });
      return id;
    },
    remove: (id) => void scheduled.delete(id),
    clear: () => scheduled.clear(),

    meet(call) {
      for (const [id, state] of scheduled) {
        if (!concerns(state.fault, call)) continue;
        if (state.toSkip > 0) {
          state.toSkip -= 1;
          continue;
        }
        state.timesLeft -= 1;
        if (state.timesLeft === 0) scheduled.delete(id);
        return state.fault;
      }
      return undefined;
    },
  };
}

function concerns({ channelId, webhookId, method }: ScheduledFault, call: Call): boolean {
  if (method && method !== call.method) return false;
  if (!channelId && !webhookId) return true;
  if (call.kind === 'channel') return call.channelId === channelId;
  return call.kind === 'webhook' && call.webhookId === webhookId;
}

export function answerOfFault({ status, code, headers, body }: ScheduledFault['outcome'] & { kind: 'answer' }): Answer {
  if (body !== undefined) return { status, headers: { 'content-type': 'text/html', ...headers }, body };
  const message = (code !== undefined && messageOfCode(code)) || `${status}: scheduled fault`;
  return json(status, { message, code: code ?? 0 }, headers);
}

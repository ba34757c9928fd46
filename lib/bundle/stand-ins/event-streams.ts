/**
 * In the place of @smithy/core/event-streams, for operations whose answer is a stream of events, such as S3's
 * SelectObjectContent. Rollcall calls none; but the S3 client prepares for them when it is made.
 */
export function resolveEventStreamSerdeConfig<Config>(config: Config): Config {
  return config;
}

export function eventStreamSerdeProvider(): never {
  throw new Error('This bundle has nothing for operations that stream events (lib/bundle/stand-ins/event-streams.ts).');
}

export const EventStreamSerde = eventStreamSerdeProvider;

// biome-ignore-all lint/style/noDefaultExport: the package exports one function (module.exports).
/** The part that the local run uses, from dynalite 4.0.0, index.js. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** @param options `createTableMs`: how long a new table stays in the state CREATING */
  export default function dynalite(options: { createTableMs: number }): Server;
}

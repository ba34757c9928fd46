// biome-ignore-all lint/style/noDefaultExport: the package exports one function (module.exports).
/** As far as the local run uses it; read in dynalite 4.0.0, index.js. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** @param options `createTableMs`: how long a new table stays in the state CREATING */
  export default function dynalite(options: { createTableMs: number }): Server;
}

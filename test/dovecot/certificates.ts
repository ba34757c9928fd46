import { generate } from 'selfsigned';

export type Certificate = { certificate: string; privateKey: string };

/** A certificate that its owner signed: for a host name, valid between two dates. */
export async function certificateFor(
  host: string,
  { from, to }: { from: Date; to: Date } = inForce(),
): Promise<Certificate> {
  const pems = await generate([{ name: 'commonName', value: host }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: from,
    notAfterDate: to,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: host }] }],
  });
  return { certificate: pems.cert, privateKey: pems.private };
}

const DAY_MS = 24 * 60 * 60 * 1000;

function inForce(): { from: Date; to: Date } {
  return { from: new Date(Date.now() - DAY_MS), to: new Date(Date.now() + DAY_MS) };
}

/** Ended yesterday. */
export function expired(): { from: Date; to: Date } {
  return { from: new Date(Date.now() - 2 * DAY_MS), to: new Date(Date.now() - DAY_MS) };
}

import { generate } from 'selfsigned';

/**
 * A new certificate for `localhost` and 127.0.0.1, in PEM; an elliptic curve, because creating an RSA key takes too
 * long.
 */
export async function selfSignedCertificate(): Promise<{ certificate: string; privateKey: string }> {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { certificate: pems.cert, privateKey: pems.private };
}

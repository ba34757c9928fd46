import * as z from 'zod';
import { type Answer, type LoopbackRequest, startLoopbackServer } from './loopback-server.ts';

export type ParameterStoreStandIn = {
  /** For the SDK's `endpoint`, or AWS_ENDPOINT_URL_SSM. */
  url: string;
  put(name: string, value: string): void;
  stop(): Promise<void>;
};

const putParameterSchema = z.object({
  Name: z.string().min(1),
  Value: z.string().min(1),
  Type: z.literal('SecureString'),
  Overwrite: z.boolean().default(false),
});

const getParameterSchema = z.object({ Name: z.string().min(1), WithDecryption: z.boolean().default(false) });

/**
 * A stand-in for SSM's GetParameter and PutParameter with SecureString parameters, in the AWS JSON 1.1 protocol.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 */
export async function startParameterStore(initial: Readonly<Record<string, string>>): Promise<ParameterStoreStandIn> {
  const parameters = new Map<string, { value: string; version: number; changedAt: Date }>();

  function put(name: string, value: string): void {
    parameters.set(name, { value, version: (parameters.get(name)?.version ?? 0) + 1, changedAt: new Date() });
  }

  function getParameter(body: unknown): Answer {
    const request = getParameterSchema.safeParse(body);
    if (!request.success) return failure('ValidationException', z.prettifyError(request.error));
    const { Name, WithDecryption } = request.data;
    const parameter = parameters.get(Name);
    if (!parameter) return failure('ParameterNotFound');
    return json(200, {
      Parameter: {
        ARN: `arn:aws:ssm:us-east-1:000000000000:parameter/${Name.replace(/^\//, '')}`,
        DataType: 'text',
        LastModifiedDate: parameter.changedAt.getTime() / 1000,
        Name,
        Type: 'SecureString',
        // Without decryption SSM returns the ciphertext, which is useless to a caller that forgot to request it.
        Value: WithDecryption ? parameter.value : 'AQICAHencrypted',
        Version: parameter.version,
      },
    });
  }

  function putParameter(body: unknown): Answer {
    const request = putParameterSchema.safeParse(body);
    if (!request.success) return failure('ValidationException', z.prettifyError(request.error));
    const { Name, Value, Overwrite } = request.data;
    if (parameters.has(Name) && !Overwrite) return failure('ParameterAlreadyExists', 'The parameter already exists.');
    put(Name, Value);
    return json(200, { Tier: 'Standard', Version: parameters.get(Name)?.version });
  }

  const operations: Readonly<Record<string, (body: unknown) => Answer>> = {
    'AmazonSSM.GetParameter': getParameter,
    'AmazonSSM.PutParameter': putParameter,
  };

  async function answer({ method, headers, body }: LoopbackRequest): Promise<Answer> {
    const operation = operations[String(headers['x-amz-target'])];
    if (method !== 'POST' || !operation) return failure('UnknownOperationException');
    let parsed: unknown;
    try {
      parsed = JSON.parse(body);
    } catch {
      return failure('SerializationException');
    }
    return operation(parsed);
  }

  for (const [name, value] of Object.entries(initial)) put(name, value);
  const server = await startLoopbackServer(answer);
  return { url: server.origin, put, stop: server.stop };
}

function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) };
}

function failure(type: string, message?: string): Answer {
  return json(400, { __type: type, ...(message === undefined ? {} : { message }) });
}

import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/**
 * The errors of SSM that GetParameter names, and the one that any call may end with
 * (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html#API_GetParameter_Errors).
 * The client brings 130. One that it does not know is thrown as SSMServiceException, under its own name.
 */
const ERRORS_OF_SSM: ReadonlySet<string> = new Set([
  'InternalServerError',
  'InvalidKeyId',
  'ParameterNotFound',
  'ParameterVersionNotFound',
  'ThrottlingException',
]);

/** The clients describe every operation of their service; so that esbuild can leave out those that nobody calls. */
export const slimAwsClients: Plugin = {
  name: 'aws-clients',
  setup(build) {
    build.onLoad({ filter: /\/@aws-sdk\/[\w-]+\/.*\/schemas_0\.js$/ }, ({ path }) => {
      const schemas = withPlainKeys(readFileSync(path, 'utf8'));
      return { contents: path.includes('/client-ssm/') ? withoutErrors(schemas) : schemas, loader: 'js' };
    });
    // Of the whole file, the clients read the version, for their user agent.
    build.onLoad({ filter: /\/@aws-sdk\/[\w-]+\/package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** `{ [_e]: _c }` as `{ "error": _c }`: a computed key could do anything, so that esbuild keeps whatever has one. */
function withPlainKeys(schemas: string): string {
  const constants = schemas.matchAll(/^const (\w+) = ("[^"\\]*");$/gm);
  const texts = new Map([...constants].map(([, name = '', text = '']) => [name, text]));
  return schemas.replaceAll(/\[(_\w+)\]:/g, (key, name: string) => (texts.has(name) ? `${texts.get(name)}:` : key));
}

const REGISTERED_ERROR = /^export var (\w+)\$ = \[-3, n0,[^;]*\];\nn0_registry\.registerError\(\1\$, \1\);$/gm;

function withoutErrors(schemas: string): string {
  return schemas.replaceAll(REGISTERED_ERROR, (definition, name: string) =>
    ERRORS_OF_SSM.has(name) ? definition : '',
  );
}

/** `imapflow/dist/esm/logger.js` for a file of that package, wherever it is installed. */
export function packageModuleOf(path: string): string {
  const [, module = ''] = /.*\/node_modules\/(.+)$/.exec(path) ?? [];
  return module;
}

/** Matches the files that are these modules, wherever their packages are installed. */
export function filesOf(modules: readonly string[]): RegExp {
  const names = modules.map((module) => module.replaceAll(/[.\\+*?^$()[\]{}|]/g, '\\$&'));
  return new RegExp(`/node_modules/(?:${names.join('|')})$`);
}

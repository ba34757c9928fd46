import type { SgNode } from '@ast-grep/napi';
import { type SourceFile, sourceFileOf } from './source-files.ts';

const NAMES: ReadonlySet<string> = new Set(['identifier', 'type_identifier', ...shorthands()]);

/**
 * The same code after every file, function, class, type, variable, parameter and import of the project got another name.
 * Names of packages and of the platform stay, and so do properties, which are stored or are what others call.
 */
export function renamedProject(sources: readonly SourceFile[]): SourceFile[] {
  const declared = new Set(sources.flatMap(({ tree }) => namesDeclaredIn(tree)));
  return sources.map(({ path, tree }, index) => {
    const edits = tree
      .findAll({ rule: { any: [...NAMES].map((kind) => ({ kind })) } })
      .filter((node) => declared.has(node.text()))
      .map((node) => node.replace(renamed(node)));
    return sourceFileOf(`moved/file-${index}${path.endsWith('x') ? '.tsx' : '.ts'}`, tree.commitEdits(edits));
  });
}

function shorthands(): string[] {
  return ['shorthand_property_identifier', 'shorthand_property_identifier_pattern'];
}

function renamed(node: SgNode): string {
  const name = node.text();
  return shorthands().includes(String(node.kind())) ? `${name}: ${name}Renamed` : `${name}Renamed`;
}

const DECLARATIONS: Readonly<Record<string, readonly string[]>> = {
  variable_declarator: ['name'],
  function_declaration: ['name'],
  generator_function_declaration: ['name'],
  class_declaration: ['name'],
  type_alias_declaration: ['name'],
  interface_declaration: ['name'],
  required_parameter: ['pattern'],
  optional_parameter: ['pattern'],
  for_in_statement: ['left'],
  catch_clause: ['parameter'],
  arrow_function: ['parameter'],
};

function namesDeclaredIn(tree: SgNode): string[] {
  const declarations = tree.findAll({ rule: { any: Object.keys(DECLARATIONS).map((kind) => ({ kind })) } });
  return declarations.flatMap((declaration) =>
    (DECLARATIONS[String(declaration.kind())] ?? []).flatMap((field) => {
      const bound = declaration.field(field);
      return bound ? namesIn(bound) : [];
    }),
  );
}

/** Of a pattern such as `{ mailId, location: { uid } }`, what it binds. */
function namesIn(bound: SgNode): string[] {
  const isBinding = ['identifier', 'type_identifier', 'shorthand_property_identifier_pattern'].includes(
    String(bound.kind()),
  );
  return isBinding ? [bound.text()] : bound.namedChildren().flatMap(namesIn);
}

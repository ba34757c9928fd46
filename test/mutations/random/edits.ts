import type { SgNode } from '@ast-grep/napi';
import type { Edit } from './mutant.ts';

/** Code that is gone when the program runs, and imports: nothing in them can be wrong at run time. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'import_statement',
  'export_clause',
  'interface_declaration',
  'type_alias_declaration',
  'type_annotation',
  'type_arguments',
  'type_parameters',
  'literal_type',
  'comment',
]);

const OTHER_OPERATOR: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '&&': '||',
  '||': '&&',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
};

/** Of a call such as `list.filter(…)`, `list` remains. */
const LEFT_OUT_OF_CHAINS: ReadonlySet<string> = new Set([
  'catch',
  'filter',
  'slice',
  'sort',
  'toSorted',
  'reverse',
  'trim',
  'toLowerCase',
  'toUpperCase',
  'replace',
  'replaceAll',
]);

/** Every edit that can be made in a tree, in the order of the text. */
export function editsIn(tree: SgNode): Edit[] {
  if (WITHOUT_EFFECT.has(String(tree.kind()))) return [];
  const edit = EDITS[String(tree.kind())];
  const own = edit?.(tree) ?? [];
  return [...own, ...tree.children().flatMap(editsIn)];
}

const EDITS: Readonly<Record<string, (node: SgNode) => Edit[]>> = {
  binary_expression: (node) => [...otherOperator(node), ...oneSide(node)],
  unary_expression: (node) =>
    node.child(0)?.text() === '!' ? [{ kind: 'negation dropped', node, replacement: textOf(node.child(1)) }] : [],
  parenthesized_expression: negatedCondition,
  ternary_expression: (node) =>
    (['consequence', 'alternative'] as const).map((field) => ({
      kind: `always the ${field}`,
      node,
      replacement: `(${textOf(node.field(field))})`,
    })),
  expression_statement: (node) => [
    { kind: 'statement removed', node, replacement: ';' },
    ...(node.child(0)?.is('await_expression')
      ? [{ kind: 'not waited for', node, replacement: node.text().replace(/^await\s+/, '') }]
      : []),
  ],
  throw_statement: (node) => [{ kind: 'error not thrown', node, replacement: ';' }],
  statement_block: earlyReturn,
  number: (node) =>
    ['+ 1', '- 1'].flatMap((step) =>
      isKey(node) ? [] : [{ kind: 'constant changed by one', node, replacement: `(${node.text()} ${step})` }],
    ),
  true: (node) => [{ kind: 'true is false', node, replacement: 'false' }],
  false: (node) => [{ kind: 'false is true', node, replacement: 'true' }],
  string: emptiedString,
  array: (node) => (node.namedChildren().length > 0 ? [{ kind: 'array emptied', node, replacement: '[]' }] : []),
  object: (node) => node.namedChildren().flatMap((member) => droppedMember(node, member)),
  arguments: droppedArgument,
  call_expression: leftOutOfChain,
};

function textOf(node: SgNode | null): string {
  return node?.text() ?? '';
}

/** Of a pair in an object. */
function isKey(node: SgNode): boolean {
  const parent = node.parent();
  return parent?.is('pair') === true && parent.field('key')?.id() === node.id();
}

function otherOperator(node: SgNode): Edit[] {
  const operator = node.field('operator');
  const replacement = OTHER_OPERATOR[textOf(operator)];
  if (!operator || replacement === undefined) return [];
  return [{ kind: `${operator.text()} becomes ${replacement}`, node: operator, replacement }];
}

/** `a ?? b` becomes `a`, or `b`; a condition of two parts becomes each part. */
function oneSide(node: SgNode): Edit[] {
  const operator = textOf(node.field('operator'));
  if (!['??', '&&', '||'].includes(operator)) return [];
  return (['left', 'right'] as const).map((side) => ({
    kind: `only the ${side} side of ${operator}`,
    node,
    replacement: `(${textOf(node.field(side))})`,
  }));
}

function negatedCondition(node: SgNode): Edit[] {
  const parent = node.parent();
  const isCondition = parent?.is('if_statement') || parent?.is('while_statement');
  return isCondition ? [{ kind: 'condition negated', node, replacement: `(!${node.text()})` }] : [];
}

function earlyReturn(node: SgNode): Edit[] {
  const isBody = /function|method|arrow/.test(String(node.parent()?.kind()));
  if (!isBody || node.namedChildren().length === 0) return [];
  const brace = node.child(0);
  return brace ? [{ kind: 'returns at once', node: brace, replacement: '{ return undefined as never;' }] : [];
}

/** Words with spaces or other signs than those of ASCII are for people; a wrong one is no fault of the program. */
function emptiedString(node: SgNode): Edit[] {
  const isForPeople = /\s|[^\u0020-\u007e]/.test(node.text());
  if (isForPeople || isKey(node) || node.text().length === 2) return [];
  return [{ kind: 'string emptied', node, replacement: "''" }];
}

function droppedMember(object: SgNode, member: SgNode): Edit[] {
  if (member.is('comment') || member.is('method_definition')) return [];
  const { index: begin } = object.range().start;
  const { start, end } = member.range();
  const text = object.text();
  const rest = text.slice(end.index - begin).replace(/^\s*,/, '');
  const kind = member.is('spread_element') ? 'spread dropped' : 'property dropped';
  return [{ kind, node: object, replacement: text.slice(0, start.index - begin) + rest }];
}

function droppedArgument(node: SgNode): Edit[] {
  const last = node.namedChildren().at(-1);
  if (!last || node.namedChildren().length < 2) return [];
  const begin = node.range().start.index;
  const before = node.text().slice(0, last.range().start.index - begin);
  return [{ kind: 'last argument dropped', node, replacement: `${before.replace(/,\s*$/, '')})` }];
}

function leftOutOfChain(node: SgNode): Edit[] {
  const callee = node.field('function');
  if (!callee?.is('member_expression')) return [];
  const name = textOf(callee.field('property'));
  if (!LEFT_OUT_OF_CHAINS.has(name)) return [];
  return [{ kind: `${name}() left out`, node, replacement: textOf(callee.field('object')) }];
}

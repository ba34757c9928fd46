import * as z from 'zod';

const SHOWN_CHARACTERS = 80;

/** A wrong value for an error message: short, and without what could be a password in a URL. */
function quoted(value: unknown): string {
  if (typeof value !== 'string') return value !== null && typeof value === 'object' ? kindOf(value) : String(value);
  if (/:\/\/.*@/s.test(value)) return 'a URL with a user in it';
  return JSON.stringify(value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value);
}

/** The type of a value, without repeating it. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

type Disclosure = 'open' | 'secret';

/** `what is wrong. What is allowed.`; a value that could be a secret is never repeated. */
function problemText(value: unknown, what: string, allowed: string, disclosure: Disclosure): string {
  if (value === undefined) return `is missing. ${allowed}`;
  return `${disclosure === 'open' ? quoted(value) : 'the value'} is not ${what}. ${allowed}`;
}

/** A text that must pass `isAllowed`. `what` is a noun for it, `allowed` describes how to write it. */
export function text(
  isAllowed: (value: string) => boolean,
  { what, allowed, disclosure = 'open' }: { what: string; allowed: string; disclosure?: Disclosure },
) {
  const error = (issue: { input?: unknown }) => problemText(issue.input, what, allowed, disclosure);
  return z.string({ error }).refine(isAllowed, { error });
}

export function oneOf<const Values extends readonly string[]>(values: Values) {
  const allowed = `Allowed: ${values.map((value) => `'${value}'`).join(', ')}.`;
  return z.enum(values, { error: ({ input }) => problemText(input, 'one of the allowed words', allowed, 'open') });
}

export function wholeNumber({ from, to }: { from: number; to: number }) {
  const allowed = `Allowed: ${from} to ${to}.`;
  const error = (issue: { input?: unknown }) => problemText(issue.input, 'a whole number in range', allowed, 'open');
  return z.int({ error }).min(from, { error }).max(to, { error });
}

export function yesOrNo() {
  return z.boolean({ error: ({ input }) => problemText(input, 'a yes or no', 'Allowed: true, false.', 'open') });
}

/** An object with these fields and no others. A wrong value is never repeated: it may be a misplaced secret. */
export function fields<Shape extends z.core.$ZodLooseShape>(what: string, shape: Shape) {
  const allowed = `Allowed: ${Object.keys(shape).join(', ')}.`;
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return misplaced(issue.input, what, allowed);
      const names = issue.keys.map((key) => JSON.stringify(key)).join(', ');
      return `${names} ${issue.keys.length > 1 ? 'are not fields' : 'is not a field'} of ${what}. ${allowed}`;
    },
  });
}

function misplaced(value: unknown, what: string, allowed: string): string {
  return value === undefined ? `is missing. ${allowed}` : `${kindOf(value)} is not ${what}. ${allowed}`;
}

/** Parses a part with a schema of its own and reports its problems with its path in the whole. */
function parsePart<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  path: readonly PropertyKey[],
  context: z.RefinementCtx,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    context.addIssue({ code: 'custom', message: issue.message, path: [...path, ...issue.path] });
  }
  return z.NEVER;
}

type ListOptions = {
  /** `a list of routes` */
  what: string;
  least?: 0 | 1;
  /** A field that must be unique among the items. */
  unique?: string;
};

/** A list of items; each problem has the item's index. */
export function listOf<Item extends z.ZodType>(item: Item, { what, least = 1, unique }: ListOptions) {
  return z.custom<z.input<Item>[]>().transform((value, context): z.output<Item>[] => {
    const items: unknown = value;
    if (!Array.isArray(items) || items.length < least) {
      context.addIssue(Array.isArray(items) ? `is empty. Write ${what}.` : misplaced(items, what, 'Write it in [ ].'));
      return z.NEVER;
    }
    if (unique !== undefined) refuseRepeats(items, unique, context);
    return items.map((part, index) => parsePart(item, part, [index], context));
  });
}

/** A list, or a single item without brackets, whose problems then have no index. */
export function oneOrMore<Item extends z.ZodType>(item: Item, options: ListOptions) {
  const list = listOf(item, options);
  return z
    .custom<z.input<Item> | z.input<Item>[]>()
    .transform((value, context): z.output<Item>[] =>
      Array.isArray(value) ? parsePart(list, value, [], context) : [parsePart(item, value, [], context)],
    );
}

function refuseRepeats(items: readonly unknown[], field: string, context: z.RefinementCtx): void {
  const indexByValue = new Map<unknown, number>();
  for (const [index, item] of items.entries()) {
    const value = (item as Record<string, unknown> | undefined | null)?.[field];
    const first = indexByValue.get(value);
    if (value !== undefined && first !== undefined) {
      const message = `${quoted(value)} is taken by [${first}] already. Give each its own ${field}.`;
      context.addIssue({ code: 'custom', message, path: [index, field] });
    }
    indexByValue.set(value, first ?? index);
  }
}

/** A value that is either a text or an object: each has its own schema. */
export function textOrFields<Input, Output>(asText: z.ZodType<Output>, asFields: z.ZodType<Output>) {
  return z.custom<Input>().transform((value, context): Output => {
    const given: unknown = value;
    const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
    return parsePart(isObject ? asFields : asText, given, [], context);
  });
}

/** A value with several forms: `formOf` picks its schema, or says why none fits. */
export function oneForm<Input, Output>(
  what: string,
  allowed: string,
  formOf: (value: Readonly<Record<string, unknown>>) => z.ZodType<Output> | string,
) {
  return z.custom<Input>().transform((value, context): Output => {
    const object: unknown = value;
    if (object === null || typeof object !== 'object' || Array.isArray(object)) {
      context.addIssue(misplaced(object, what, allowed));
      return z.NEVER;
    }
    const form = formOf(Object.fromEntries(Object.entries(object).filter(([, part]) => part !== undefined)));
    if (typeof form !== 'string') return parsePart(form, object, [], context);
    context.addIssue(`${form}. ${allowed}`);
    return z.NEVER;
  });
}

/** A text for people or servers: one line, not empty. */
export function line(what: string, example: string, disclosure: 'open' | 'secret' = 'open') {
  return text((value) => /^[^\p{Cc}]+$/u.test(value) && value.trim() === value, {
    what,
    allowed: `Write one line of text such as '${example}'.`,
    disclosure,
  });
}

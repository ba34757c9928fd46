import type * as z from 'zod';

type FormError = { code: string; message: string };

/** `{ embeds: { 0: { title: { _errors: [{ code, message }] } } } }`, the shape of Discord's errors with code 50035. */
export type FormErrors = { _errors?: FormError[]; [key: string]: FormErrors | FormError[] | undefined };

/** Converts zod's issues to Discord's shape: one node per step of the path, the errors at its end. */
export function formErrorsOf(issues: readonly z.core.$ZodIssue[]): FormErrors {
  const root: FormErrors = {};
  for (const issue of issues) {
    let node = root;
    for (const step of issue.path) {
      const key = String(step);
      node[key] ??= {};
      node = node[key] as FormErrors;
    }
    node._errors = [...(node._errors ?? []), formErrorOf(issue)];
  }
  return root;
}

/** The code of a rule that zod has no check for; passed as `params` of a custom issue. */
export function ownCode(code: string): { params: { code: string } } {
  return { params: { code } };
}

function formErrorOf(issue: z.core.$ZodIssue): FormError {
  switch (issue.code) {
    case 'custom':
      return { code: String(issue.params?.code), message: issue.message };
    case 'too_big':
      return isCounted(issue.origin)
        ? { code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${issue.maximum} or fewer in length.` }
        : { code: 'NUMBER_TYPE_MAX', message: `int value should be less than or equal to ${issue.maximum}.` };
    case 'too_small':
      return isCounted(issue.origin)
        ? { code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }
        : { code: 'NUMBER_TYPE_MIN', message: `int value should be greater than or equal to ${issue.minimum}.` };
    case 'invalid_type':
      return issue.input === undefined
        ? { code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }
        : wrongType(issue.expected);
    default:
      return { code: 'BASE_TYPE_BAD_VALUE', message: issue.message };
  }
}

function isCounted(origin: string): boolean {
  return origin === 'string' || origin === 'array';
}

function wrongType(expected: string): FormError {
  switch (expected) {
    case 'object':
      return { code: 'MODEL_TYPE_CONVERT', message: 'Only dictionaries may be used in a ModelType' };
    case 'array':
      return { code: 'LIST_TYPE_CONVERT', message: 'Only iterables may be used in a ListType' };
    case 'string':
      return { code: 'STRING_TYPE_CONVERT', message: 'Could not interpret the value as string.' };
    default:
      return { code: 'NUMBER_TYPE_COERCE', message: `Value is not ${expected}.` };
  }
}

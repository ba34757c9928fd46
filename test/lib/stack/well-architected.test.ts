import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { afterEach, expect, it, vi } from 'vitest';
import { RollcallStack } from '../../../lib/stack/rollcall-stack.ts';
import { settings } from './synthesized-stack.ts';

const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
const stack = new RollcallStack(app, 'Rollcall', settings);

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the pack AwsSolutions finds, by its rules' names. */
const found = () => new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName);

it('the stack passes the rules of cdk-nag’s AwsSolutions', () => {
  expect(found()).toEqual([]);
});

it('each rule that is acknowledged would be broken, and has a reason', () => {
  const acknowledged = new Map(stack.node.findAll().flatMap(reasonsAt));
  vi.spyOn(Validations, 'ACKNOWLEDGED_RULES_METADATA_KEY', 'get').mockReturnValue('nobody reads this' as never);
  expect(acknowledged.size).toBeGreaterThan(0);
  expect(found().sort()).toEqual([...acknowledged.keys()].sort());
  for (const reason of acknowledged.values()) expect(reason).toMatch(/^\S.{30,}\.$/);
});

function reasonsAt({ node }: IConstruct): [string, string][] {
  return node.metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries(data as Record<string, string>))
    .map(([rule, reason]) => [rule.replace(/^annotation::/i, ''), reason]);
}

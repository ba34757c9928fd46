/** The SSM parameter in which a stack, or a local run, stores the names of its tables and queues. */
export function deploymentParameterOf(stackName: string): string {
  return `/rollcall/deployments/${stackName}`;
}

/** The default name of the stack. */
export const STACK_NAME = 'Rollcall';

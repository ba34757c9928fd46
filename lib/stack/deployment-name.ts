/** The SSM parameter in which a stack, or a local run, says where its tables and queues are. */
export function deploymentParameterOf(stackName: string): string {
  return `/rollcall/deployments/${stackName}`;
}

/** The stack's name, unless whoever deploys it chooses another. */
export const STACK_NAME = 'Rollcall';

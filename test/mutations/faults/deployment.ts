import { type Fault, property } from '../fault.ts';

const stack = ['lib/stack/rollcall-stack.test.ts'] as const;
const alarms = ['lib/stack/alarms.test.ts'] as const;
const services = ['lib/stack/rights-of-services.test.ts'] as const;

/** Faults in what is deployed, and in what the local run makes of it. */
export const deploymentFaults: readonly Fault[] = [
  {
    name: 'alarms notify nobody',
    breaks: 'P4',
    find: '$ALARM.addAlarmAction(new SnsAction($TOPIC));',
    replace: '',
    caughtBy: alarms,
  },
  {
    name: 'a mailbox that nothing polls sounds no alarm',
    breaks: 'P5',
    find: {
      ...property('treatMissingData: TreatMissingData.BREACHING'),
      follows: { kind: 'pair', regex: '\\.periods$', stopBy: 'end' },
    },
    replace: 'treatMissingData: TreatMissingData.NOT_BREACHING',
    caughtBy: alarms,
  },
  {
    name: 'a run that failed is reported to nobody',
    breaks: 'P5',
    find: property('onFailure: { bind: $BIND }'),
    replace: 'onSuccess: { bind: $BIND }',
    caughtBy: stack,
  },
  {
    name: 'an answer with failed items is taken for a success as a whole',
    breaks: 'P2',
    find: property('reportBatchItemFailures: true'),
    replace: 'reportBatchItemFailures: false',
    caughtBy: stack,
  },
  {
    name: 'email that no digest has carried expires',
    breaks: 'P2',
    find: '{ id: $ID, prefix: $PREFIX, expiration: $AFTER }',
    replace: "{ id: $ID, prefix: 'unknowns/', expiration: $AFTER }",
    caughtBy: stack,
  },
  {
    name: 'the ledger is deleted with the stack',
    breaks: 'P2',
    find: {
      ...property('removalPolicy: RemovalPolicy.RETAIN'),
      inside: { pattern: 'new Table($$$DESIGN)', stopBy: 'end' },
    },
    replace: 'removalPolicy: RemovalPolicy.DESTROY',
    caughtBy: stack,
  },
  {
    name: 'a poster may write the watermarks',
    breaks: 'P1',
    find: property("'dynamodb:LeadingKeys': $KEYS"),
    replace: "'dynamodb:LeadingKeys': ['*', ...$KEYS]",
    caughtBy: ['lib/stack/permissions.test.ts'],
  },
  {
    name: 'the scheduler may not start what it schedules',
    breaks: 'P5',
    find: property("actions: ['lambda:InvokeFunction']"),
    replace: "actions: ['lambda:GetFunction']",
    caughtBy: services,
  },
  {
    name: 'the local run hides a message for another time than the stack',
    breaks: 'one definition',
    find: property('VisibilityTimeout: String($MS / 1000)'),
    replace: "VisibilityTimeout: '30'",
    caughtBy: ['lib/local/embedded-aws.test.ts'],
  },
];

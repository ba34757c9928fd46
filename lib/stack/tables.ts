import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { DIGEST_RUN_KEY } from '../../functions/adapters/dynamo/digest-runs.ts';
import { PAUSE_KEY_PREFIX } from '../../functions/adapters/dynamo/pauses.ts';
import { TARGET_CHECK_KEY_PREFIXES } from '../../functions/adapters/dynamo/target-checks.ts';
import {
  BY_DAY_INDEX,
  BY_LOCATION_INDEX,
  LEDGER_TABLE,
  OPEN_INDEX,
  type TableDesign,
  type TableIndex,
  WATERMARKS_TABLE,
} from '../../functions/core/records/table-design.ts';
import type { Resourced, Resources } from './policy.ts';

/**
 * The watermark of each mailbox, and the record of what happened to every email: these must not be lost, even with the
 * stack.
 */
export class Tables extends Construct {
  readonly watermarks: Table;
  readonly ledger: Table;
  /** Both tables, their indexes and the other items of the watermarks' table, as a policy names them. */
  readonly resources: Resourced<
    | 'ledger'
    | 'ledgerByLocation'
    | 'ledgerByDay'
    | 'openLedgerEntries'
    | 'watermarks'
    | 'targetChecks'
    | 'pauses'
    | 'digestRun'
  >;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.watermarks = durableTable(this, 'Watermarks', WATERMARKS_TABLE);
    this.ledger = durableTable(this, 'Ledger', LEDGER_TABLE);
    this.resources = {
      ledger: { arns: [this.ledger.tableArn] },
      ledgerByLocation: { arns: [indexArn(this.ledger, BY_LOCATION_INDEX)] },
      ledgerByDay: { arns: [indexArn(this.ledger, BY_DAY_INDEX)] },
      openLedgerEntries: { arns: [indexArn(this.ledger, OPEN_INDEX)] },
      watermarks: { arns: [this.watermarks.tableArn] },
      targetChecks: itemsUnder(TARGET_CHECK_KEY_PREFIXES, this.watermarks),
      pauses: itemsUnder([PAUSE_KEY_PREFIX], this.watermarks),
      digestRun: itemsUnder([DIGEST_RUN_KEY], this.watermarks),
    };
  }
}

function indexArn(table: Table, index: TableIndex): string {
  return `${table.tableArn}/index/${index.name}`;
}

/** The items whose key begins with these prefixes, and no others of their table. */
function itemsUnder(keyPrefixes: readonly string[], { tableArn }: Table): Resources {
  return {
    arns: [tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keyPrefixes.map((prefix) => `${prefix}*`) } },
  };
}

function durableTable(scope: Construct, id: string, design: TableDesign): Table {
  const table = new Table(scope, id, {
    partitionKey: attributeOf(design.partitionKey),
    ...(design.timeToLiveAttribute && { timeToLiveAttribute: design.timeToLiveAttribute }),
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  for (const { name, partitionKey, sortKey, projection } of design.indexes) {
    table.addGlobalSecondaryIndex({
      indexName: name,
      partitionKey: attributeOf(partitionKey),
      sortKey: attributeOf(sortKey),
      ...(projection === 'ALL'
        ? { projectionType: ProjectionType.ALL }
        : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...projection] }),
    });
  }
  return table;
}

function attributeOf({ name, type }: TableDesign['partitionKey']) {
  return { name, type: type === 'S' ? AttributeType.STRING : AttributeType.NUMBER };
}

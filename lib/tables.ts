import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import {
  LEDGER_TABLE,
  type TableDesign,
  type TableIndex,
  WATERMARKS_TABLE,
} from '../functions/core/ledger/table-design.ts';

/** Where each mailbox stands, and the record of every mail's fate: what must not be lost, even with the stack. */
export class Tables extends Construct {
  readonly watermarks: Table;
  readonly ledger: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.watermarks = durableTable(this, 'Watermarks', WATERMARKS_TABLE);
    this.ledger = durableTable(this, 'Ledger', LEDGER_TABLE);
  }
}

/** An index as a policy names it. */
export function indexArn(table: Table, index: TableIndex): string {
  return `${table.tableArn}/index/${index.name}`;
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

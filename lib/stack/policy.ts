import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { PORT_RIGHTS } from '../../functions/adapters/port-rights.ts';
import type { PortList, Ports } from '../../functions/adapters/ports.ts';
import type { Place, Rights } from '../../functions/adapters/rights.ts';

/** A place as a policy names it. Without an ARN the place does not exist, such as queues if there are no routes. */
export type Resources = {
  arns: readonly string[];
  conditions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

export type Resourced<Name extends Place> = Readonly<Record<Name, Resources>>;

/** The places that the listed methods use. */
type PlacesOf<List extends PortList> = {
  [Name in keyof List & keyof Ports]: List[Name] extends readonly (infer Method)[]
    ? PlacesIn<(typeof PORT_RIGHTS)[Name], Method>
    : never;
}[keyof List & keyof Ports];
type PlacesIn<Table, Method> = Method extends keyof Table ? keyof Table[Method] & Place : never;

/**
 * What a role must allow for the listed port methods, and nothing more: one statement per place.
 *
 * @param resources of every place that the methods use; others are left out
 */
export function policyOf<const List extends PortList>(
  list: List,
  resources: Resourced<PlacesOf<List>>,
): PolicyStatement[] {
  const known: Partial<Resourced<Place>> = resources;
  return [...actionsByPlace(list)].flatMap(([place, actions]) => {
    const { arns, conditions } = known[place] ?? missing(`the ARNs of ${place}`);
    if (arns.length === 0) return [];
    return [new PolicyStatement({ actions: [...actions], resources: [...arns], ...(conditions && { conditions }) })];
  });
}

function actionsByPlace(list: PortList): Map<Place, Set<string>> {
  const byPlace = new Map<Place, Set<string>>();
  for (const rights of rightsOf(list)) {
    for (const [place, actions] of Object.entries(rights) as [Place, readonly string[]][]) {
      byPlace.set(place, new Set([...(byPlace.get(place) ?? []), ...actions]));
    }
  }
  return byPlace;
}

function rightsOf(list: PortList): Rights[] {
  return Object.entries(list).flatMap(([port, methods]) => {
    const table: Readonly<Record<string, Rights>> = PORT_RIGHTS[port as keyof Ports];
    return methods.map((method) => table[method] ?? missing(`the rights of ${port}.${method}`));
  });
}

/** The types do not let this happen. */
function missing(what: string): never {
  throw new Error(`The policy needs ${what}, which neither adapter nor construct names.`);
}

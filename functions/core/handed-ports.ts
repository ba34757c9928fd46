/**
 * The port methods that one function's use case is handed. Both what the use case can call and what the function's role
 * allows come from this one list: its services are `Handed<Ports, typeof LIST>`, and the stack derives the policy from it.
 */
export type MethodLists<Ports> = { readonly [Name in keyof Ports]?: readonly (keyof Ports[Name])[] };

/** The ports of a list, each with the listed methods and no others. */
export type Handed<Ports, List extends MethodLists<Ports>> = {
  [Name in keyof List & keyof Ports]: List[Name] extends readonly (infer Method extends keyof Ports[Name])[]
    ? Pick<Ports[Name], Method>
    : never;
};

/**
 * The port methods that a function's use case receives. This one list defines both what the use case can call and what
 * the function's role allows: its services are `Handed<Ports, typeof LIST>`, and the stack derives the policy from it.
 */
export type MethodLists<Ports> = { readonly [Name in keyof Ports]?: readonly (keyof Ports[Name])[] };

/** The ports of a list, each with only the listed methods. */
export type Handed<Ports, List extends MethodLists<Ports>> = {
  [Name in keyof List & keyof Ports]: List[Name] extends readonly (infer Method extends keyof Ports[Name])[]
    ? Pick<Ports[Name], Method>
    : never;
};

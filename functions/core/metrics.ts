/** The metrics of Rollcall's own, which the journal tells and the stack's alarms watch. */

const NAMESPACE = 'Rollcall';

/** Routes whose target does not take posts, at each check. */
export const DEAD_ROUTES = { namespace: NAMESPACE, name: 'DeadRoutes' } as const;

/**
 * In the place of @aws-sdk/endpoint-cache, which keeps the endpoints that a service names for itself. The DynamoDB client
 * makes one, and none of its operations asks it: they go to the endpoint of the region.
 */
export class EndpointCache {
  get = neverAsked;
  getEndpoint = neverAsked;
  set = neverAsked;
  delete = neverAsked;
  has = neverAsked;
  clear = neverAsked;
}

function neverAsked(): never {
  throw new Error('This bundle does not discover endpoints (lib/bundle/stand-ins/endpoint-cache.ts).');
}

/** In the place of packages that no function calls; lib/stack/bundle.ts says which, and why. */
function neverCalled(): never {
  throw new Error(
    'This package is not in the bundle, because no function was expected to call it: see lib/stack/bundle.ts.',
  );
}

// biome-ignore lint/style/noDefaultExport: imapflow imports some of them so.
export { neverCalled as default, neverCalled as Headers, neverCalled as SocksClient };

/** Replaces packages that no function calls; lib/stack/bundle.ts lists them, with reasons. */
function neverCalled(): never {
  throw new Error(
    'This package is not in the bundle, because no function was expected to call it: see lib/stack/bundle.ts.',
  );
}

// biome-ignore lint/style/noDefaultExport: imapflow uses default imports for some of them.
export { neverCalled as default, neverCalled as Headers, neverCalled as SocksClient };

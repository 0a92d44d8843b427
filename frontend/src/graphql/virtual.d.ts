declare module 'virtual:trusted-documents' {
  /** The SHA-256 (hex) of the page's operations by name; empty while developing and in tests. */
  export const hashes: Record<string, string>;
}

/** base64url without padding (RFC 4648 §5), of UTF-8 text and of bytes. */

const encode = (binary: string): string =>
  btoa(binary).replace(/[+/=]/g, (c) => ({ '+': '-', '/': '_' })[c] ?? '');

/** Bytes as base64url. */
export const bytesToBase64Url = (bytes: Uint8Array): string => encode(String.fromCharCode(...bytes));

/** Text as the base64url of its UTF-8 bytes. */
export const toBase64Url = (text: string): string => bytesToBase64Url(new TextEncoder().encode(text));

/** Reads what {@link toBase64Url} wrote, or gives undefined. */
export function fromBase64Url(token: string): string | undefined {
  try {
    const binary = atob(token.replace(/-/g, '+').replace(/_/g, '/'));
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (c) => c.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

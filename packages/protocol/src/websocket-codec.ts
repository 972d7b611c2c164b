/**
 * Frames as WebSocket messages (PROTOCOL.md §5.2). The application's messages travel as they are. A control frame is
 * a text message that begins with U+0010 (DLE, the data link escape of ASCII); a text message of the application that
 * begins with it gets one more in front. Sequence numbers are implicit: both ends count from the attach.
 */

/** Data link escape, the first character of each control frame. */
export const DLE = '\x10';

/** A control frame as a WebSocket text message. */
export const escapeControl = (line: string): string => DLE + line;

/** A text of the application as a WebSocket text message. */
export const escapeText = (text: string): string => (text.startsWith(DLE) ? DLE + text : text);

/** What a WebSocket text message holds. */
export type TextMessage = { readonly control: string } | { readonly text: string };

/** Reads a WebSocket text message. */
export function unescapeText(message: string): TextMessage {
  if (!message.startsWith(DLE)) return { text: message };
  return message.startsWith(DLE, 1) ? { text: message.slice(1) } : { control: message.slice(1) };
}

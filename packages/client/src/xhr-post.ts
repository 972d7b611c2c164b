/** POST with XMLHttpRequest, whose text grows while it arrives: for browsers whose `fetch` has no response streams. */
import type { Post } from './environment.ts';

export const xhrPost: Post = ({ url, body }, handler) => {
  const xhr = new XMLHttpRequest();
  let read = 0;
  let headed = false;
  const advance = (): void => {
    if (!headed && xhr.readyState >= xhr.HEADERS_RECEIVED && xhr.status > 0) {
      headed = true;
      handler.head(xhr.status, xhr.getResponseHeader('retry-after'));
    }
    if (xhr.readyState < xhr.LOADING || xhr.responseText.length <= read) return;
    const text = xhr.responseText.slice(read);
    read += text.length;
    // x-user-defined shows byte b as U+F700 + b from 0x80 on (WHATWG encoding §14.5).
    handler.chunk(Uint8Array.from(text, (c) => c.charCodeAt(0) & 0xff));
  };
  xhr.open('POST', url);
  xhr.withCredentials = true;
  xhr.overrideMimeType('text/plain; charset=x-user-defined');
  xhr.setRequestHeader('content-type', 'text/plain');
  xhr.onreadystatechange = xhr.onprogress = advance;
  xhr.onload = () => {
    advance();
    handler.done();
  };
  xhr.onerror = xhr.ontimeout = () => {
    handler.done('network error');
  };
  xhr.send(body as XMLHttpRequestBodyInit);
  return () => {
    xhr.onreadystatechange = xhr.onprogress = xhr.onload = xhr.onerror = xhr.ontimeout = null;
    xhr.abort();
  };
};

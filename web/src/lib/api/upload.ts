/** Send a file of one's own. The one call that shows how far it is, which `fetch` cannot tell. */
import { ApiError, fromProblem } from '../errors.ts';
import { watch } from './client.ts';
import type { Upload } from './types.ts';

const PATH = '/api/uploads';

export interface Sending {
  /** Rejects with an ApiError, or with null when it was stopped. */
  done: Promise<Upload>;
  stop(): void;
}

/** `told` hears how much of it is sent, 0 to 1. */
export function send(file: File, told: (part: number) => void): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<Upload>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => told(total ? loaded / total : 0);
    request.onabort = () => reject(null);
    request.onerror = () => reject(new ApiError('The file did not get through: the connection broke, or it is larger than this server takes.', 0));
    request.onload = () => {
      const { status, responseText } = request;
      watch.answered(PATH, new Response(null, { status, headers: { date: request.getResponseHeader('date') ?? '' } }));
      const said = parsed(responseText);
      if (status === 201) resolve(said as Upload);
      else reject(fromProblem(status, said));
    };
  });
  request.open('POST', PATH);
  for (const [name, value] of Object.entries(watch.change())) request.setRequestHeader(name, value);
  const form = new FormData();
  form.append('file', file);
  request.send(form);
  return { done, stop: () => request.abort() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

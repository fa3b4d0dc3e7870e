/** What the server refused, and what the network did, in words for a person. */

export interface Fault {
  where: string;
  message: string;
}

export class ApiError extends Error {
  readonly status: number;
  readonly faults: Fault[];

  constructor(message: string, status: number, faults: Fault[] = []) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.faults = faults;
  }
}

export interface Refusal {
  prompt: string | null;
  fields: Record<string, string>;
  other: string[];
}

/** Read an RFC 9457 problem document; anything else becomes a plain sentence with the status. */
export function fromProblem(status: number, body: unknown): ApiError {
  const problem = isRecord(body) ? body : {};
  const detail = typeof problem['detail'] === 'string' ? problem['detail'] : '';
  const title = typeof problem['title'] === 'string' ? problem['title'] : '';
  const faults = Array.isArray(problem['errors']) ? problem['errors'].filter(isFault) : [];
  return new ApiError(detail || title || inWords(status), status, faults);
}

export function unreachable(): ApiError {
  return new ApiError('Musings does not answer. Is it still running? What you wrote is kept here.', 0);
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(error instanceof Error ? error.message : String(error), 0);
}

/** Sort the faults of a refused submission to the places where they can be mended. */
export function refusal(error: ApiError): Refusal {
  const sorted: Refusal = { prompt: null, fields: {}, other: [] };
  for (const { where, message } of error.faults) {
    if (where === 'prompt_text') sorted.prompt = message;
    else if (where.startsWith('parameters.')) sorted.fields[where.slice('parameters.'.length)] = message;
    else if (where === 'count') sorted.fields['count'] = message;
    else sorted.other.push(where ? `${where}: ${message}` : message);
  }
  if (error.faults.length === 0) sorted.other.push(error.message);
  return sorted;
}

function inWords(status: number): string {
  if (status === 401 || status === 403) return 'This studio asks for a token, and none was accepted.';
  if (status === 404) return 'There is no such thing here any more.';
  if (status === 413) return 'That is too large to send.';
  if (status === 429) return 'Too many requests at once. Wait a moment, then try again.';
  if (status >= 500) return `Something broke on the server (${status}). Its log says what.`;
  return `The server refused (${status}).`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isFault(value: unknown): value is Fault {
  return isRecord(value) && typeof value['where'] === 'string' && typeof value['message'] === 'string';
}

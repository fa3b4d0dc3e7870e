/** What the wall asks for: all of a query in brief, how many each month has, and those that are looked at. */
import { answer, http, type GalleryQuery } from './client.ts';
import type { Artifact, GalleryCounts, GalleryIndex, Page } from './types.ts';

export function galleryIndex(query: GalleryQuery, limit: number, cursor: string | null): Promise<GalleryIndex> {
  return answer(http.GET('/api/artifacts/index', { params: { query: { ...query, limit, ...(cursor ? { cursor } : {}) } } }));
}

export function galleryMonths(query: GalleryQuery): Promise<GalleryCounts> {
  return answer(http.GET('/api/artifacts/counts', { params: { query: { ...query, by: 'month' } } }));
}

/** At most 200 of them. Those that are gone are left out. */
export async function artifactsById(ids: readonly number[]): Promise<Artifact[]> {
  const page: Page<Artifact> = await answer(http.GET('/api/artifacts', { params: { query: { ids: ids.join(','), limit: ids.length } } }));
  return page.items;
}

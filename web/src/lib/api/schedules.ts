/** Schedules. Apart from the other calls, which every page needs. */
import { answer, http } from './client.ts';
import type { Schedule, ScheduleRequest, ScheduleRun } from './types.ts';

export async function list(): Promise<Schedule[]> {
  return (await answer(http.GET('/api/schedules'))).items;
}

/** The same `key` again is the same schedule. */
export function add(wanted: ScheduleRequest, key: string): Promise<Schedule> {
  return answer(http.POST('/api/schedules', { body: wanted, params: { header: { 'Idempotency-Key': key } } }));
}

export function enable(id: number, enabled: boolean): Promise<Schedule> {
  return answer(http.PATCH('/api/schedules/{schedule_id}', { ...at(id), body: { enabled } }));
}

export async function remove(id: number): Promise<void> {
  await answer(http.DELETE('/api/schedules/{schedule_id}', at(id)));
}

/** Make what it makes now; its next time stays. */
export function run(id: number): Promise<ScheduleRun> {
  return answer(http.POST('/api/schedules/{schedule_id}/run', at(id)));
}

function at(id: number) {
  return { params: { path: { schedule_id: id } } };
}

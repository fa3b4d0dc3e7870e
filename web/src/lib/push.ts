/** Notifications of this browser: whether they can be had, and how they begin and end. Loaded when they are wanted. */
import * as api from './api/push.ts';
import { recall, remember } from '../state/storage.ts';

const KEY = 'push';
const WORKER = '/sw.js';
let renewal: Promise<number> | null = null;

/** What of a browser counts here. */
export interface Surroundings {
  secure: boolean;
  worker: boolean;
  push: boolean;
  permission: NotificationPermission | null;
  apple: boolean;
  onHomeScreen: boolean;
}

export function surroundings(): Surroundings {
  const { userAgent, maxTouchPoints } = navigator;
  return {
    secure: isSecureContext,
    worker: 'serviceWorker' in navigator,
    push: 'PushManager' in window,
    permission: 'Notification' in window ? Notification.permission : null,
    // An iPad says that it is a Mac, and is one that is touched.
    apple: /iPhone|iPad|iPod/.test(userAgent) || (userAgent.includes('Macintosh') && maxTouchPoints > 1),
    onHomeScreen: matchMedia('(display-mode: standalone)').matches,
  };
}

/** Why this browser cannot be told, in words; null when it can. */
export function obstacle(here: Surroundings): string | null {
  if (!here.secure) return 'A browser takes messages from pages with HTTPS only, or of its own machine. Open this page by an https:// address.';
  if (here.apple && !here.onHomeScreen) return 'On an iPhone or iPad the page must be on the home screen: Share, then Add to Home Screen, and open it from there.';
  if (!here.worker || !here.push || here.permission === null) return 'This browser has no push messages, or has none in a private window.';
  if (here.permission === 'denied') return 'This browser was told once to show no notifications of this page. Its settings for this page change that.';
  return null;
}

/** What this browser is called by while it is told; null when it is not. */
export function current(): number | null {
  const id = Number(recall(KEY));
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}

/** Have this browser told. Call it from a click: it asks for permission. Throws an Error with words for the page. */
export async function turnOn(publicKey: string): Promise<number> {
  // Before anything is waited for: some browsers ask only while the click is fresh.
  if ((await Notification.requestPermission()) !== 'granted') throw new Error('Without permission this browser shows nothing.');
  const registration = await registered();
  let subscription: PushSubscription;
  try {
    subscription = await subscribed(registration, publicKey);
  } catch (error) {
    throw new Error(`The push service of this browser cannot be reached (${error instanceof Error ? error.message : String(error)}).`);
  }
  const id = await api.subscribe(subscription.toJSON());
  remember(KEY, String(id));
  return id;
}

/** Tell this browser no more, here and at its push service. */
export async function turnOff(id: number): Promise<void> {
  remember(KEY, null);
  const underWay = renewal;
  const subscription = await (await navigator.serviceWorker.getRegistration(WORKER))?.pushManager.getSubscription();
  await subscription?.unsubscribe();
  // A renewal under way sees that it is over, and ends what it finds.
  const renewed = await underWay?.catch(() => null);
  if (renewed !== id) await api.unsubscribe(id);
}

/** Say once more that this browser wants to be told: the login it came with may have ended, or its address changed. */
export async function renew(): Promise<void> {
  try {
    if (obstacle(surroundings()) !== null || Notification.permission !== 'granted') return;
    const { public_key } = await api.state();
    if (public_key === null) return;
    const subscription = (await subscribed(await registered(), public_key)).toJSON();
    if (recall(KEY) === null) return; // switched off meanwhile
    renewal = api.subscribe(subscription);
    const id = await renewal;
    // Switched off meanwhile: that was said last, and counts.
    if (recall(KEY) === null) await api.unsubscribe(id);
    else remember(KEY, String(id));
  } catch {
    // The next visit tries again; nobody has asked for anything now.
  } finally {
    renewal = null;
  }
}

async function registered(): Promise<ServiceWorkerRegistration> {
  await navigator.serviceWorker.register(WORKER);
  return navigator.serviceWorker.ready;
}

async function subscribed(registration: ServiceWorkerRegistration, publicKey: string): Promise<PushSubscription> {
  const wanted = { userVisibleOnly: true, applicationServerKey: publicKey };
  try {
    return await registration.pushManager.subscribe(wanted);
  } catch (error) {
    // Subscribed with another key: that of an installation before this one.
    const former = await registration.pushManager.getSubscription();
    if (!former) throw error;
    await former.unsubscribe();
    return registration.pushManager.subscribe(wanted);
  }
}

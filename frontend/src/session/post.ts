import { room, seatIn } from '../areas/overload/room.svelte';

/**
 * Post to an address of ours for signing in; null where no answer came. The header is what no other site's form can send.
 * Where the server asks to wait for a turn, that is shown, and the same is asked again when the time has come.
 */
export async function post(path: string, body: object): Promise<Response | null> {
  try {
    for (;;) {
      const response = await once(path, body);
      const seat = response && (await seatIn(response));
      if (!seat) return response;
      await room.wait(seat);
    }
  } finally {
    room.letIn();
  }
}

async function once(path: string, body: object): Promise<Response | null> {
  const headers = { 'Content-Type': 'application/json', 'X-Hothouse': '1' };
  try {
    return await fetch(path, { method: 'POST', headers, credentials: 'same-origin', body: JSON.stringify(body) });
  } catch {
    return null;
  }
}

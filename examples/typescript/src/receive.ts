import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';

/** Whether the header Hothouse-Signature was made for this body with our secret, within five minutes. */
export function isGenuine(secret: string, signature: string, body: Buffer, nowMs = Date.now()): boolean {
  const parts = new Map(signature.split(',').map((part) => part.split('=', 2) as [string, string]));
  const at = parts.get('t') ?? '';
  const expected = createHmac('sha256', secret).update(`${at}.`).update(body).digest();
  const given = Buffer.from(parts.get('v1') ?? '', 'hex');
  const isFresh = Math.abs(nowMs / 1000 - Number(at)) <= 300;
  return isFresh && given.length === expected.length && timingSafeEqual(given, expected);
}

/** Receives webhooks and hands each delivery on once, however often it arrives. */
export function receiver(secret: string, take: (event: unknown) => void) {
  const known = new Set<string>(); // Keep them for two days, where a restart does not lose them.
  return createServer(async (request, response) => {
    const body = await read(request);
    if (!isGenuine(secret, String(request.headers['hothouse-signature'] ?? ''), body)) {
      response.writeHead(401).end();
      return;
    }
    const delivery = String(request.headers['hothouse-delivery']);
    if (!known.has(delivery)) {
      known.add(delivery);
      take(JSON.parse(body.toString('utf8')));
    }
    response.writeHead(204).end();
  });
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

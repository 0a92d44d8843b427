/** A real server with the sample jam, that a test can kill and start again on the same data; and people signed in at it. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const READY_WITHIN_MS = 60_000;
const LINK = /^ {2}(\S.*?) {2,}(http:\/\/\S+\/enter#\S+)$/gm;
const GENEROUS = { HOTHOUSE_VOTES_PER_MINUTE: '10000', HOTHOUSE_POSTS_PER_MINUTE: '1000', HOTHOUSE_ACTS_PER_MINUTE: '10000' };

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function freePort() {
  const listener = createServer();
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

export class Server {
  #process = null;
  #output = '';

  static async start() {
    const server = new Server();
    server.port = await freePort();
    server.folder = await mkdtemp(join(tmpdir(), 'hothouse-clients-'));
    await server.run();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  get socketUrl() {
    return `ws://127.0.0.1:${this.port}/graphql`;
  }

  async run() {
    const command = ['-m', 'server', 'serve', '--development', '--sample', '--port', String(this.port), '--data', join(this.folder, 'store')];
    const env = { ...process.env, HOTHOUSE_THEME_WORKERS: '0', COLUMNS: '200', ...GENEROUS };
    this.#process = spawn(process.env.PYTHON ?? 'python3', command, { cwd: ROOT, env });
    for (const stream of [this.#process.stdout, this.#process.stderr]) stream.on('data', (text) => (this.#output += text));
    for (const until = Date.now() + READY_WITHIN_MS; ; await pause(50)) {
      if (this.#process.exitCode !== null || Date.now() > until) throw new Error(`The server did not get ready:\n${this.#output}`);
      const health = await fetch(`${this.url}/healthz`).catch(() => null);
      if (health?.ok) return;
    }
  }

  /** As by a power cut. */
  async kill() {
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await gone;
  }

  async stop() {
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGTERM');
      await gone;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Someone of the sample jam, signed in by their link: "participant, English", "moderator" and so on. */
  async person(name) {
    const links = new Map([...this.#output.matchAll(LINK)].map(([, who, link]) => [who, link]));
    const token = links.get(name)?.split('#')[1];
    if (!token) throw new Error(`There is no link for ${name} in:\n${this.#output}`);
    const answer = await fetch(`${this.url}/auth/enter`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hothouse': '1' },
      body: JSON.stringify({ token }),
    });
    if (!answer.ok) throw new Error(`${name} could not enter: ${answer.status} ${await answer.text()}`);
    const cookie = answer.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
    return new Person(this, cookie);
  }
}

export class Person {
  constructor(server, cookie) {
    this.server = server;
    this.cookie = cookie;
    this.headers = { cookie, 'x-hothouse': '1', origin: server.url };
    const { headers } = this;
    /** What a client is given as its WebSocket: a browser would send cookie and origin by itself. */
    this.WebSocket = class extends WebSocket {
      constructor(url, protocols) {
        super(url, protocols, { headers: { cookie, origin: headers.origin } });
      }
    };
    this.fetch = (url, options = {}) => fetch(url, { ...options, headers: { ...options.headers, ...headers } });
  }

  async ask(query, variables = {}) {
    const answer = await this.fetch(`${this.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await answer.json();
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  async jam() {
    return (await this.ask('{ jam(slug: "rimon-hale") { id seq ideas(order: NEW, first: 5) { edges { node { id supportCount } } } } }')).jam;
  }

  /** Gives or takes back support; the idea as it is then. */
  async support(ideaId, isOn = true) {
    const field = isOn ? 'supportIdea' : 'withdrawSupport';
    const document = `mutation($input: IdeaInput!) { it: ${field}(input: $input) { __typename ... on IdeaSuccess { seq idea { id seq supportCount } } } }`;
    const { it } = await this.ask(document, { input: { commandId: randomUUID(), ideaId } });
    if (it.__typename !== 'IdeaSuccess') throw new Error(JSON.stringify(it));
    return it;
  }
}

/** A promise of the first value for which `isIt` holds; fails after a while. */
export function heard(within = 30_000) {
  const values = [];
  const waiting = new Set();
  return {
    values,
    push(value) {
      values.push(value);
      for (const check of waiting) check();
    },
    until(isIt, what = 'it') {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${what} did not come; heard ${JSON.stringify(values).slice(0, 2000)}`)), within);
        const check = () => {
          const found = values.find(isIt);
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      });
    },
  };
}

export { pause };

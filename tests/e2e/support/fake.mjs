// What the scripted servers of the back door's tests know of MCP: a few tools,
// prompts and resources in either era.  How their messages travel, and how
// they misbehave, is fake-stdio.mjs' and fake-http.mjs' business.
export const MODERN = '2026-07-28';
export const LEGACY = ['2025-11-25', '2025-06-18', '2025-03-26'];
const META = 'io.modelcontextprotocol/';
export const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

const text = s => ({ content: [{ type: 'text', text: s }] });
const schema = (properties = {}) => ({ type: 'object', properties });
const string = { type: 'string' };

export class Refusal extends Error {
	constructor(code, message, data, status) { super(message); Object.assign(this, { code, data, status }); }
}

// One conversation's view of a call: send() goes to the caller, signal aborts
// when it is cancelled.
const tools = {
	echo: [schema({ text: string }), a => text(`echo: ${a.text}`)],
	count: [schema(), (a, c) => text(String(++c.fake.counted))],
	remember: [schema({ value: string }), (a, c) => { c.state.value = a.value; return text('kept'); }],
	recall: [schema(), (a, c) => text(String(c.state.value))],
	mirror: [schema({ region: { ...string, 'x-mcp-header': 'Region' } }), (a, c) => text(`${a.region} ${c.headers?.['mcp-param-region']}`)],
	steps: [schema({ n: { type: 'integer' } }), (a, c) => {
		for (let i = 1; i <= (a.n ?? 3); i++) {
			c.progress(i, a.n ?? 3);
			c.log('debug', `fine ${i}`);
			c.log('warning', `step ${i}`);
		}
		return text('climbed');
	}],
	wait: [schema(), (a, c) => new Promise((ok, no) => {
		c.fake.waiting.push(() => ok(text('released')));
		c.signal.addEventListener('abort', () => { c.fake.cancelled.push(c.signal.reason ?? 'cancelled'); no(new Refusal(-32000, 'cancelled')); });
	})],
	change: [schema(), (a, c) => {
		c.fake.more.push(`later_${c.fake.more.length + 1}`);
		c.fake.tell({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
		return text('changed');
	}],
	// One more tool, for this conversation alone.
	connect_db: [schema({ db: string, header: string }), (a, c) => {
		(c.state.tables ??= []).push([a.db, [schema(a.header ? { [a.header]: { ...string, 'x-mcp-header': a.header } } : {})]]);
		c.notify({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
		return text('connected');
	}],
	// One tool less, for this conversation alone.
	hide: [schema({ name: string }), (a, c) => {
		(c.state.hidden ??= []).push(a.name);
		c.notify({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
		return text('hidden');
	}],
	// Tells this conversation alone, whether it is subscribed or not.
	touch: [schema({ uri: string }), (a, c) => {
		c.notify({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: a.uri } });
		return text([...c.state.subscribed ?? []].join(' '));
	}],
	structured: [{ ...schema(), }, () => ({ ...text('{"n":1}'), structuredContent: { n: 1 } })],
	fail: [schema(), () => ({ ...text('it went wrong'), isError: true })],
	refuse: [schema(), () => { throw new Refusal(-32602, 'bad arguments'); }],
	ask: [schema({ method: string }), async (a, c) => {
		const answer = await c.ask(a.method ?? 'ping', {});
		return text(JSON.stringify(answer.error?.code ?? answer.result));
	}],
	big: [schema({ bytes: { type: 'integer' } }), a => text('b'.repeat(a.bytes))],
};

export class Fake {
	constructor(script = {}) {
		Object.assign(this, { era: 'legacy', revision: LEGACY[0], counted: 0, waiting: [], cancelled: [], more: [], extra: [], ...script });
	}

	tell() {} // the transport's: to all; a call's notify() to its own conversation

	release() { for (const go of this.waiting.splice(0)) go(); }

	capabilities() {
		const listChanged = !this.mute;
		return { tools: { listChanged }, prompts: { listChanged }, resources: { listChanged, subscribe: true }, completions: {}, logging: {} };
	}

	listTools(state = {}) {
		const one = ([name, [inputSchema]]) => ({ name, description: `The tool ${name}`, inputSchema });
		return [...Object.entries(tools).filter(([name]) => !state.hidden?.includes(name)).map(one), ...this.more.map(name => one([name, [schema()]])), ...(state.tables ?? []).map(one),
			...this.extra.map(t => typeof t === 'string' ? one([t, [schema()]]) : t)];
	}

	// Throws a Refusal when the envelope is not as the era wants it.
	check(m, headers) {
		const meta = m.params?._meta;
		if (this.era === 'legacy') {
			if (meta?.[`${META}protocolVersion`] !== undefined) throw new Refusal(-32600, 'what is this _meta?');
			return;
		}
		if (['initialize', 'ping', 'logging/setLevel'].includes(m.method)) throw new Refusal(-32601, 'no such method', undefined, 404);
		if (meta?.[`${META}protocolVersion`] !== MODERN) throw new Refusal(-32022, 'unsupported', { supported: [MODERN], requested: String(meta?.[`${META}protocolVersion`]) }, 400);
		if (typeof meta[`${META}clientCapabilities`] !== 'object') throw new Refusal(-32602, 'no clientCapabilities', undefined, 400);
		if (headers) this.checkHeaders(m, headers);
	}

	checkHeaders(m, headers) {
		const bad = what => { throw new Refusal(-32020, what, undefined, 400); };
		if (headers['mcp-protocol-version'] !== MODERN) bad('version');
		if (headers['mcp-method'] !== m.method) bad('method');
		const name = { 'tools/call': m.params.name, 'prompts/get': m.params.name, 'resources/read': m.params.uri }[m.method];
		if (name !== undefined && decode(headers['mcp-name']) !== name) bad('name');
	}

	// The result of a request, or a Refusal.
	async answer(m, c) {
		const p = m.params ?? {};
		const r = await this.result(m.method, p, c);
		if (this.era === 'legacy') return r;
		return { resultType: 'complete', ...(/list|read|discover/.test(m.method) && { ttlMs: this.ttl ?? 0, cacheScope: 'private' }), ...r };
	}

	async result(method, p, c) {
		switch (method) {
		case 'server/discover':
			if (this.era === 'legacy') break;
			return { supportedVersions: [MODERN], capabilities: this.capabilities(), instructions: 'be kind' };
		case 'initialize':
			return { protocolVersion: LEGACY.includes(p.protocolVersion) && p.protocolVersion <= this.revision ? p.protocolVersion : this.revision,
				capabilities: this.capabilities(), serverInfo: { name: 'fake', version: '1' }, instructions: 'be kind' };
		case 'ping': return {};
		case 'logging/setLevel': c.state.level = p.level; return {};
		case 'tools/list': return { tools: this.listTools(c.state) };
		case 'tools/call': {
			if (!tools[p.name]) {
				if (this.listTools(c.state).some(t => t.name === p.name)) return text(`called ${p.name} ${JSON.stringify(p.arguments)}`);
				throw new Refusal(-32602, `no tool ${p.name}`);
			}
			return tools[p.name][1](p.arguments ?? {}, c);
		}
		case 'resources/subscribe': case 'resources/unsubscribe':
			if (this.era !== 'legacy') break;
			if (p.uri === 'fake://refused') throw new Refusal(-32002, 'no such resource');
			(c.state.subscribed ??= new Set())[method === 'resources/subscribe' ? 'add' : 'delete'](p.uri);
			return {};
		case 'prompts/list': return { prompts: [{ name: 'hello', description: 'Greets', arguments: [{ name: 'who', required: true }] }] };
		case 'prompts/get':
			if (p.name !== 'hello') throw new Refusal(-32602, 'no such prompt');
			return { messages: [{ role: 'user', content: { type: 'text', text: `Hello, ${p.arguments?.who}` } }] };
		case 'resources/list': return { resources: [{ uri: 'fake://note', name: 'note', mimeType: 'text/plain' }] };
		case 'resources/templates/list': return { resourceTemplates: [{ uriTemplate: 'fake://note/{id}', name: 'a note' }] };
		case 'resources/read':
			if (!p.uri?.startsWith('fake://')) throw new Refusal(this.era === 'legacy' ? -32002 : -32602, 'no such resource');
			return { contents: [{ uri: p.uri, mimeType: 'text/plain', text: `contents of ${p.uri}` }] };
		case 'completion/complete': return { completion: { values: [`${p.argument?.value}-1`, `${p.ref?.name ?? p.ref?.uri}`], total: 2, hasMore: false } };
		}
		throw new Refusal(-32601, `no method ${method}`, undefined, this.era === 'legacy' ? undefined : 404);
	}

	// progress() and log() of a call, given how messages reach its caller.
	voices(m, state, send) {
		const meta = m.params?._meta ?? {};
		const least = this.era === 'legacy' ? state.level ?? 'info' : meta[`${META}logLevel`];
		return {
			progress: (progress, total) => meta.progressToken !== undefined &&
				send({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: meta.progressToken, progress, total } }),
			log: (level, data) => least !== undefined && LEVELS.indexOf(level) >= LEVELS.indexOf(least) &&
				send({ jsonrpc: '2.0', method: 'notifications/message', params: { level, logger: 'fake', data } }),
		};
	}
}

export function decode(value) {
	const m = /^=\?base64\?(.*)\?=$/.exec(value ?? '');
	return m ? Buffer.from(m[1], 'base64').toString() : value;
}

export const errorOf = (id, e) => ({ jsonrpc: '2.0', id: id ?? null, error: { code: e.code ?? -32603, message: e.message, ...(e.data !== undefined && { data: e.data }) } });

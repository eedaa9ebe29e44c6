/** Driving the real app in real Chromium: through its scripting interface, or by hand on `page`. */
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import type { Failure } from '#core/result.ts';

export const chromiumOptions = {
	executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
	args: [
		'--no-sandbox',
		'--disable-quic',
		'--no-first-run',
		'--disable-background-networking',
		'--disable-component-update',
		'--disable-sync',
		// Where there is no GPU, emulating one costs more than painting without. What needs WebGL is in tests/browser.
		'--disable-gpu',
	],
};

export const launch = (): Promise<Browser> => chromium.launch(chromiumOptions);

type Answer<T> = { ok: true; value: T } | { ok: false; error: Failure };

export interface App {
	readonly page: Page;
	readonly context: BrowserContext;
	/** `call('records.get', id)` -> the Result. */
	call<T = unknown>(path: string, ...args: unknown[]): Promise<Answer<T>>;
	/** The value of a call that must succeed. */
	get<T = unknown>(path: string, ...args: unknown[]): Promise<T>;
	/** Errors that reached the page. */
	readonly errors: readonly string[];
}

export async function openApp(browser: Browser, origin: string): Promise<App> {
	return attach(await browser.newContext(), origin);
}

export async function attach(context: BrowserContext, origin: string): Promise<App> {
	const page = context.pages()[0] ?? (await context.newPage());
	const errors: string[] = [];
	page.on('pageerror', (error) => errors.push(error.message));
	await page.goto(origin);
	await page.waitForFunction(() => 'perennial' in globalThis);
	const call = <T>(path: string, ...args: unknown[]): Promise<Answer<T>> =>
		page.evaluate(
			([name, values]) => {
				type Call = (...args: unknown[]) => Promise<never>;
				const root = (globalThis as unknown as { perennial: unknown }).perennial;
				const found = name.split('.').reduce((object, key) => (object as never)[key], root);
				return (found as Call)(...values);
			},
			[path, args] as const,
		);
	return {
		page,
		context,
		errors,
		call,
		async get<T>(path: string, ...args: unknown[]): Promise<T> {
			const answer = await call<T>(path, ...args);
			if (!answer.ok) throw new Error(`${path}: ${answer.error.type}: ${answer.error.message}`);
			return answer.value;
		},
	};
}

export const newWorkspace = (name: string) => ({
	name,
	language: 'en',
	currency: 'GBP',
	timeZone: 'Europe/London',
	userName: 'Ann',
});

/** Resolves when `test` holds. */
export async function eventually(test: () => Promise<boolean>, seconds = 60): Promise<void> {
	for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
		if (await test()) return;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	throw new Error(`Not so after ${seconds} s: ${test.toString()}`);
}

interface Pending {
	readonly requestId: string;
	readonly code: string;
}

/** `guest` opens a fresh invite of `owner`, who admits; resolves when the guest is in. */
export async function admit(
	owner: App,
	guest: App,
	role: 'editor' | 'viewer' = 'editor',
	userName = 'Bo',
): Promise<void> {
	const { url } = await owner.get<{ url: string }>('share.invite', { role });
	const joining = guest.get('share.join', url, { userName });
	await eventually(async () => (await owner.get<Pending[]>('share.pending')).length > 0);
	const [request] = await owner.get<Pending[]>('share.pending');
	await owner.get('share.admit', request!.requestId);
	await joining;
}

/** As `admit`; resolves when both hold the same. */
export async function share(...[owner, guest, ...about]: Parameters<typeof admit>): Promise<void> {
	await admit(owner, guest, ...about);
	await eventually(() => same(owner, guest), 120);
}

/** Closes the app and opens it again, as after a restart; resolves when its workspace is open. */
export async function reopen(app: App): Promise<void> {
	await app.page.reload();
	await app.page.waitForFunction(() => 'perennial' in globalThis);
	await eventually(async () => (await app.call('sync.status')).ok);
}

/** Connects two devices by the texts of codes alone; `from` shows the first one. */
export async function pair(from: App, to: App): Promise<void> {
	const offer = await from.get<string>('share.pairing.offer');
	const answer = await to.get<string>('share.pairing.answer', offer);
	await Promise.all([
		from.get('share.pairing.accept', answer),
		to.get('share.pairing.answered', answer),
	]);
}

/** As `share`, where no meeting point is: the newcomer's code goes to the owner, the answer back. */
export async function shareByCode(owner: App, guest: App, role: 'editor' | 'viewer' = 'editor') {
	const { url } = await owner.get<{ url: string }>('share.invite', { role });
	const joining = guest.get('share.join', url, { userName: 'Bo' });
	await eventually(async () => (await guest.call('share.pairing.offer')).ok);
	await pair(guest, owner);
	await eventually(async () => (await owner.get<Pending[]>('share.pending')).length > 0);
	const [request] = await owner.get<Pending[]>('share.pending');
	await owner.get('share.admit', request!.requestId);
	await joining;
	await eventually(() => same(owner, guest), 120);
}

export const fingerprint = async (app: App): Promise<string> =>
	(await app.get<{ fingerprint: string }>('sync.status')).fingerprint;

export const same = async (...apps: App[]): Promise<boolean> => {
	const prints = await Promise.all(apps.map(fingerprint));
	return prints.every((print) => print === prints[0]);
};

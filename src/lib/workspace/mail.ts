/**
 * Store and forward for one workspace on this device: a relay, a shared folder, both or none, each with its own courier. What
 * was set up stays in the log's database, because passwords and folder handles are nobody else's.
 */
import { fail, ok, type Result } from '#core/result.ts';
import type { Sealed } from '#crypto/seal.ts';
import type { LogDatabase } from '#log/database.ts';
import {
	startCourier,
	type Courier,
	type CourierOptions,
	type CourierStatus,
} from '#sync/courier.ts';
import { openValue, sealValue } from '#log/secrets.ts';
import { openFolder } from '#sync/folder.ts';
import type { MailMemory } from '#sync/mail-memory.ts';
import type { Mailbox } from '#sync/mailbox.ts';
import type { RelayConfig } from '#sync/relay.ts';

export interface MailStatus {
	readonly relay?: CourierStatus & Pick<RelayConfig, 'urls' | 'user'>;
	readonly folder?: CourierStatus & { readonly name: string };
}

/** What the page may ask for. */
export interface MailSettings {
	/** Undefined takes the relay out. */
	setRelay(config: RelayConfig | undefined): Promise<Result<void>>;
	/** Connects and says what is wrong, if anything. */
	testRelay(config: RelayConfig): Promise<Result<void>>;
	relay(): Promise<RelayConfig | undefined>;
	setFolder(folder: FileSystemDirectoryHandle | undefined): Promise<Result<void>>;
	/** For asking the browser's permission anew, which only a page can. */
	folder(): Promise<FileSystemDirectoryHandle | undefined>;
	mailStatus(): MailStatus;
	/** Looks now. */
	checkMail(): void;
}

export interface Mail extends MailSettings {
	/** Something changed here. */
	nudge(): void;
	close(): Promise<void>;
}

export interface MailOptions {
	/** Ms between two looks without a reason; for tests. */
	readonly every?: number;
	/** See `CourierOptions`; for tests. */
	readonly healAfter?: number;
}

type Side = Pick<CourierOptions, 'log' | 'receive' | 'onHolds' | 'epochs' | 'clock'>;
type Kind = 'relay' | 'folder';

const LOOK_MS = { relay: 60_000, folder: 15_000 } as const;

export async function openMail(
	side: Side & { readonly database: LogDatabase },
	options: MailOptions,
	onChange: () => void,
): Promise<Mail> {
	const { database } = side;
	const couriers: Partial<Record<Kind, Courier>> = {};
	const secret = <T>(key: string) => database.secrets.get(key) as Promise<T | undefined>;
	let relay = await keptRelay(database);
	let folder = await secret<FileSystemDirectoryHandle>('folder');

	function start(kind: Kind, open: () => Promise<Result<Mailbox>>): void {
		const courier = startCourier({
			...side,
			...(options.healAfter !== undefined && { healAfter: options.healAfter }),
			every: options.every ?? LOOK_MS[kind],
			open,
			load: () => secret<MailMemory>(`mail ${kind}`),
			save: async (memory) => void (await database.secrets.put(memory, `mail ${kind}`)),
		});
		courier.onChange(onChange);
		couriers[kind] = courier;
	}

	/** The client is large, and most teams start without a relay. */
	const startRelay = (config: RelayConfig) =>
		start('relay', async () => (await import('#sync/relay.ts')).openRelay(config));
	const startFolder = (handle: FileSystemDirectoryHandle) =>
		start('folder', () => openFolder(handle));

	async function stop(kind: Kind): Promise<void> {
		await couriers[kind]?.close();
		delete couriers[kind];
	}

	/** Another place, another memory. */
	const forget = (kind: Kind) => database.secrets.bulkDelete([kind, `mail ${kind}`]);

	if (relay) startRelay(relay);
	if (folder) startFolder(folder);

	return {
		async setRelay(config) {
			const wrong = config && configTrouble(config);
			if (wrong) return wrong;
			await stop('relay');
			const moved = relay?.urls.join() !== config?.urls.join();
			if (moved) await forget('relay');
			if (config) await database.secrets.put(await sealValue(database, 'relay', config), 'relay');
			relay = config;
			if (config) startRelay(config);
			onChange();
			return ok(undefined);
		},
		testRelay: async (config) =>
			configTrouble(config) ?? (await import('#sync/relay.ts')).testRelay(config),
		relay: async () => relay,
		async setFolder(handle) {
			await stop('folder');
			const same = handle && folder && (await folder.isSameEntry(handle));
			if (!same) await forget('folder');
			if (handle) await database.secrets.put(handle, 'folder');
			folder = handle;
			if (handle) startFolder(handle);
			onChange();
			return ok(undefined);
		},
		folder: async () => folder,
		mailStatus: () => ({
			...(relay &&
				couriers.relay && {
					relay: {
						...couriers.relay.status(),
						urls: relay.urls,
						...(relay.user && { user: relay.user }),
					},
				}),
			...(folder &&
				couriers.folder && { folder: { ...couriers.folder.status(), name: folder.name } }),
		}),
		checkMail: () => Object.values(couriers).forEach((courier) => courier.retry()),
		nudge: () => Object.values(couriers).forEach((courier) => courier.nudge()),
		close: async () => void (await Promise.all([stop('relay'), stop('folder')])),
	};
}

/** Sealed, because it may hold a password. */
async function keptRelay(database: LogDatabase): Promise<RelayConfig | undefined> {
	const sealed = (await database.secrets.get('relay')) as Sealed | undefined;
	const config = sealed && (await openValue<RelayConfig>(database, 'relay', sealed));
	return config?.ok ? config.value : undefined;
}

function configTrouble({ urls }: RelayConfig): ReturnType<typeof fail> | undefined {
	const good = (url: string) => URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol);
	if (urls.length && urls.every(good)) return undefined;
	return fail('Invalid', 'This is no address of a relay. It begins with wss://.', {
		field: 'urls',
	});
}

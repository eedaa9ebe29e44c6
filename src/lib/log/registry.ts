/** The list of workspaces on this device, readable before any of them is opened. */
import { Dexie, type EntityTable } from 'dexie';
import type { WorkspaceInfo } from './workspaces.ts';

class RegistryDatabase extends Dexie {
	declare workspaces: EntityTable<WorkspaceInfo, 'id'>;
	constructor() {
		super('perennial', { chromeTransactionDurability: 'strict' });
		this.version(1).stores({ workspaces: 'id' });
	}
}

export interface Registry {
	list(): Promise<readonly WorkspaceInfo[]>;
	get(id: string): Promise<WorkspaceInfo | undefined>;
	put(info: WorkspaceInfo): Promise<void>;
	close(): void;
}

export function openRegistry(): Registry {
	const database = new RegistryDatabase();
	return {
		list: async () => (await database.workspaces.toArray()).sort((a, b) => b.openedAt - a.openedAt),
		get: (id) => database.workspaces.get(id),
		put: async (info) => void (await database.workspaces.put(info)),
		close: () => database.close(),
	};
}

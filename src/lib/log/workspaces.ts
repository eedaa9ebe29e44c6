/** What this device knows of a workspace before any log is opened. */
import type { Language } from '#core/bilingual.ts';

export type Role = 'owner' | 'editor' | 'viewer';

export interface WorkspaceInfo {
	readonly id: string;
	readonly name: string;
	readonly language: Language;
	/** ISO 4217. */
	readonly currency: string;
	/** IANA. */
	readonly timeZone: string;
	readonly createdAt: number;
	readonly openedAt: number;
}

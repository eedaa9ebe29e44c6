/** Where a finished file goes: a place that the person picks, the share sheet of a phone, or the downloads. */
export { download } from '../import/download.ts';

interface Picker {
	showSaveFilePicker?(options: {
		suggestedName: string;
		types: { description: string; accept: Record<string, string[]> }[];
	}): Promise<FileSystemFileHandle>;
	showDirectoryPicker?(options: { mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>;
}

const picker = globalThis as Picker;

export const canPickFile = (): boolean => typeof picker.showSaveFilePicker === 'function';
export const canPickFolder = (): boolean => typeof picker.showDirectoryPicker === 'function';

/** Undefined when the person closed the dialog. Call while a press is being handled. */
export const pickFile = (name: string): Promise<FileSystemFileHandle | undefined> | undefined =>
	picker
		.showSaveFilePicker?.({
			suggestedName: name,
			types: [{ description: 'Perennial', accept: { 'application/octet-stream': ['.perennial'] } }],
		})
		.catch(() => undefined);

export const pickFolder = (): Promise<FileSystemDirectoryHandle | undefined> | undefined =>
	picker.showDirectoryPicker?.({ mode: 'readwrite' }).catch(() => undefined);

const asFile = (name: string, data: Blob) => new File([data], name, { type: data.type });

export const canShareFile = (name: string, data: Blob): boolean =>
	navigator.canShare?.({ files: [asFile(name, data)] }) === true;

/** False when the person closed the sheet. */
export async function shareFile(name: string, data: Blob): Promise<boolean> {
	try {
		await navigator.share({ files: [asFile(name, data)] });
		return true;
	} catch {
		return false;
	}
}

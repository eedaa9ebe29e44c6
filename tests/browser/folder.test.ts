/** The shared folder on a real file system of the browser (OPFS): the same interface as a folder that a person chooses. */
import { describe, expect, test } from 'vitest';
import { unwrap } from '#core/result.ts';
import { openFolder } from '#sync/folder.ts';
import { mailboxSuite } from '#tests/conformance/mailbox-suite.ts';

const root = await navigator.storage.getDirectory();

describe('folder', () => {
	mailboxSuite(async () => unwrap(await openFolder(root)));

	test('what a sync tool leaves beside the files is passed over, half a file is handed on as it is', async () => {
		const mailbox = unwrap(await openFolder(root));
		const [space, topic] = ['a'.repeat(32), 'b'.repeat(32)];
		unwrap(await mailbox.append(space, topic, '1-1-aaaaaaaa', new Uint8Array(9), undefined));
		const directory = await (
			await (await root.getDirectoryHandle('perennial')).getDirectoryHandle(space)
		).getDirectoryHandle(topic);
		for (const name of [
			'.syncthing.1-1-aaaaaaaa.sealed.tmp',
			'1-1-aaaaaaaa.sync-conflict-20261122.sealed',
			'2-2-aaaaaaaa.sealed.crswap',
			'desktop.ini',
		])
			await directory.getFileHandle(name, { create: true });
		await directory.getFileHandle('2-2-aaaaaaaa.sealed', { create: true });
		const names: string[] = [];
		for await (const frame of unwrap(await mailbox.read(space, undefined)).frames)
			names.push(`${frame.name} ${(await frame.load()).length}`);
		expect(names).toEqual(['1-1-aaaaaaaa 9', '2-2-aaaaaaaa 0']);
	});
});

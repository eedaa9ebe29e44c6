/** The import worker as the page uses it: in a real Worker, the target behind a port, progress, Cancel, gzip and a bad file. */
import * as Comlink from 'comlink';
import { afterAll, expect, it } from 'vitest';
import type { ImportProgress } from '#exchange/contract.ts';
import { memoryTarget } from '#tests/support/memory-target.ts';
import type { ImportWorker } from '#workers/import.worker.ts';

const thread = new Worker(new URL('../../workers/import.worker.ts', import.meta.url), {
	type: 'module',
});
const worker = Comlink.wrap<ImportWorker>(thread);
afterAll(() => thread.terminate());

const info = { workspaceId: 'w', importId: 'i', currency: 'EUR', now: 0 };
const people = (count: number) =>
	`Name,E-mail\n${Array.from({ length: count }, (_, i) => `Person${i} Lee,p${i}@x.org`).join('\n')}\n`;

function behindPort() {
	const target = memoryTarget();
	const { port1, port2 } = new MessageChannel();
	const { find, read, write } = target;
	Comlink.expose({ find, read, write }, port1);
	return { target, port: Comlink.transfer(port2, [port2]) };
}

it('previews and imports a packed file, with progress', async () => {
	const data = await new Response(
		new Blob([people(3000)]).stream().pipeThrough(new CompressionStream('gzip')),
	).blob();
	const source = { name: 'people.csv.gz', data };
	const shown = await worker.preview(source);
	expect(shown).toMatchObject({ ok: true, value: { dialect: 'csv', entity: 'contact' } });
	const { target, port } = behindPort();
	const seen: ImportProgress[] = [];
	const report = await worker.run(
		source,
		{},
		info,
		port,
		Comlink.proxy((progress: ImportProgress) => void seen.push(progress)),
	);
	expect(report).toMatchObject({ ok: true, value: { created: 3000, rows: 3000 } });
	expect(target.records.size).toBe(3000);
	expect(seen.at(-1)).toMatchObject({ stage: 'writing' });
});

it('stops between batches and says what is in', async () => {
	const { target, port } = behindPort();
	const running = worker.run({ name: 'people.csv', data: people(200_000) }, {}, info, port);
	while (target.records.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
	expect(
		await worker.run({ name: 'other', data: people(1) }, {}, info, behindPort().port),
	).toMatchObject({
		ok: false,
		error: { type: 'Busy' },
	});
	await worker.cancel();
	const report = await running;
	expect(report).toMatchObject({ ok: true, value: { cancelled: true } });
	expect(report.ok && report.value.created).toBe(target.records.size);
	expect(target.records.size).toBeLessThan(200_000);
});

it('answers a bad file with a sentence', async () => {
	const source = { name: 'x', data: new Blob([new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2, 3])]) };
	expect(await worker.preview(source)).toMatchObject({ ok: false, error: { type: 'Unreadable' } });
});

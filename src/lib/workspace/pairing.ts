/**
 * Pairing by code, over all rooms that this page is in: which of them a code is for stands in its tag. The answers that were
 * given are kept, so that whoever shows one can wait for the other device.
 */
import { fail, ok, type Result } from '#core/result.ts';
import type { Mesh } from '#sync/mesh.ts';
import { decodePairing, pairingUrl, type PairingCode } from '#sync/pairing-code.ts';
import type { Pairing } from './workspace.ts';

/** `main` is the room that offers are for. */
export function createPairingDesk(
	meshes: () => Iterable<Mesh>,
	main: () => Mesh | undefined,
): Pairing {
	const answers = new Map<string, Promise<Result<void>>>();

	async function meshFor(code: PairingCode): Promise<Mesh | undefined> {
		for (const mesh of meshes()) if (await mesh.pairing.recognises(code)) return mesh;
		return undefined;
	}

	return {
		async offer() {
			const offered = await main()?.pairing.offer();
			if (!offered) return offline();
			return offered.ok ? ok(pairingUrl(location.origin, offered.value)) : offered;
		},
		async answer(text) {
			const code = await decodePairing(text);
			if (!code.ok) return code;
			if (!main()) return offline();
			if (code.value.kind === 'answer')
				return fail(
					'BadLink',
					'This is an answer. Scan or paste it on the device that showed the first code.',
				);
			const mesh = await meshFor(code.value);
			if (!mesh)
				return fail(
					'BadLink',
					'This code is from another workspace, or its invite is no longer open here.',
				);
			const answered = await mesh.pairing.answer(code.value);
			if (!answered.ok) return answered;
			const url = pairingUrl(location.origin, answered.value.text);
			answers.set(url, answered.value.connected);
			return ok(url);
		},
		async accept(text) {
			const code = await decodePairing(text);
			if (!code.ok) return code;
			if (!main()) return offline();
			if (code.value.kind === 'offer')
				return fail(
					'BadLink',
					'This is a first code, and an answer is needed here. Let the other device scan this one’s code, then scan what it shows.',
				);
			const mesh = await meshFor(code.value);
			if (!mesh)
				return fail(
					'BadLink',
					'This answer belongs to an earlier code. Start again with a new code.',
				);
			return mesh.pairing.accept(code.value);
		},
		answered: (answer) =>
			answers.get(answer.trim()) ??
			Promise.resolve(fail('NotFound', 'This answer was not given by this device.')),
	};
}

const offline = () =>
	fail('Offline', 'This device is offline. Connect it to the network of the other device first.');

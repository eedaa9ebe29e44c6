import { describe } from 'vitest';
import { createMemoryLinks } from '#sync/memory-link.ts';
import { bridgeToPort, createPortLink } from '#sync/port-link.ts';
import { linkSuite } from './link-suite.ts';

describe('memory link', () => linkSuite(async () => createMemoryLinks()));

describe('port link over a memory link', () =>
	linkSuite(async () => {
		const ends = createMemoryLinks().map((link) => {
			const { port1, port2 } = new MessageChannel();
			bridgeToPort(link, port1);
			return createPortLink(port2, link.binding);
		});
		return [ends[0]!, ends[1]!] as const;
	}));

/** Finds a Chromium for the tests, or installs Debian's where it may. Sets CHROMIUM for everything that is started after. */
import { existsSync } from 'node:fs';
import { installDebian } from './install.mjs';

const places = [
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const find = () => [process.env.CHROMIUM, ...places].find((place) => place && existsSync(place));

export function findChromium() {
	let found = find();
	if (!found && installDebian('chromium', 'fonts-noto-cjk')) found = find();
	if (!found) {
		console.error('The tests need Chromium or Chrome. Install one, or set CHROMIUM to its path.');
		process.exit(1);
	}
	process.env.CHROMIUM = found;
	return found;
}

/** Installs what package-lock.json names, when node_modules does not hold it yet, and Debian's packages. Uses nothing but Node. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

export function run(command, args, options = {}) {
	execFileSync(command, args, { cwd: root, stdio: 'inherit', ...options });
}

export function installPackages() {
	const lock = createHash('sha256')
		.update(readFileSync(`${root}/package-lock.json`))
		.digest('hex');
	const stamp = `${root}/node_modules/.perennial-lock`;
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
	if (lstatSync(`${root}/node_modules`, { throwIfNoEntry: false })?.isSymbolicLink())
		throw new Error(
			'node_modules is a link: installing through it would empty another checkout. Remove it.',
		);
	console.log('Installing packages …');
	run('npm', ['ci', '--no-audit', '--no-fund'], { stdio: ['ignore', 'ignore', 'inherit'] });
	writeFileSync(stamp, lock);
}

/** Whether Debian's packages could be installed: needs Linux and root. */
export function installDebian(...packages) {
	if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
	console.log(`Installing ${packages.join(', ')} …`);
	run('apt-get', ['update', '-qq'], { stdio: 'ignore' });
	run('apt-get', ['install', '-y', '-qq', ...packages], { stdio: 'ignore' });
	return true;
}

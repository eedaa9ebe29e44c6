/** The kit as a file that explains itself, in both languages, to whoever finds it in ten years. The words in it are sealed. */
import type { WorkspaceInfo } from '#log/workspaces.ts';

const escape = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

export function kitPage(info: WorkspaceInfo, sealed: string, at: number): string {
	const name = escape(info.name);
	const day = new Date(at).toISOString().slice(0, 10);
	return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Recovery kit 恢复套件 · ${name}</title>
<style>
	body { max-width: 40rem; margin: 3rem auto; padding: 0 1.5rem; font: 1rem/1.6 system-ui, sans-serif; color-scheme: light dark }
	code { display: block; padding: 1rem; overflow-wrap: anywhere; border: 1px solid; border-radius: .5rem }
</style>
<h1>Recovery kit · 恢复套件</h1>
<p>Workspace 工作区: <strong>${name}</strong><br>Id 编号: ${escape(info.id)}<br>Made 制作日期: ${day}</p>
<h2>English</h2>
<p>This file holds the recovery words of a Perennial workspace, sealed with a passphrase. With the words and a backup
file the workspace comes back when every device is lost.</p>
<ol>
	<li>Open Perennial in a browser and choose “Restore from a backup”.</li>
	<li>Choose the backup file, whose name ends in “.perennial”.</li>
	<li>Under “Recovery words” choose this file, and enter its passphrase.</li>
</ol>
<p>Nobody can find out the passphrase for you. Keep it apart from this file.</p>
<h2>中文</h2>
<p>本文件保存长青工作区的恢复词，并以口令加密。所有设备都丢失时，凭恢复词和一份备份即可找回工作区。</p>
<ol>
	<li>在浏览器中打开长青，选择“从备份恢复”。</li>
	<li>选择扩展名为 .perennial 的备份文件。</li>
	<li>在“恢复词”处选择本文件，并输入口令。</li>
</ol>
<p>口令无法找回，请与本文件分开保管。</p>
<h2>Sealed words · 加密的恢复词</h2>
<code>${escape(sealed)}</code>
</html>
`;
}
